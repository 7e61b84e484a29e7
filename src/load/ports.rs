//! Short port syntax: `8080:80`, `127.0.0.1:5000-5010:5000-5010/udp`.

/// One port of a short specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortSpec {
    /// Address on the machine.
    pub host_ip: Option<String>,
    /// Port or range on the machine.
    pub published: Option<String>,
    /// Port in the container.
    pub target: u16,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
}

/// A range of ports, both ends included.
type Range = (u16, u16);

/// The ports of a specification, in the order of the text `port/protocol`.
pub fn parse(spec: &str) -> Result<Vec<PortSpec>, String> {
    let (ip, host, container) = split(spec);
    let (container, protocol) = container.split_once('/').unwrap_or((container, ""));
    let protocol = if protocol.is_empty() { "tcp" } else { protocol };
    if container.is_empty() {
        return Err(format!("No port specified: {spec}<empty>"));
    }
    let protocol = protocol.to_lowercase();
    if !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
        let written = spec.rsplit_once('/').map_or("", |(_, written)| written);
        return Err(format!("Invalid proto: {written}"));
    }
    let host_ip = address(ip)?;
    let target = range(container).ok_or_else(|| format!("Invalid containerPort: {container}"))?;
    let published = if host.is_empty() {
        None
    } else {
        Some(range(host).ok_or_else(|| format!("Invalid hostPort: {host}"))?)
    };
    let mut ports = expand(target, published, container, host)?;
    ports.sort_by_cached_key(|(target, _)| format!("{target}/{protocol}"));
    Ok(ports
        .into_iter()
        .map(|(target, published)| PortSpec {
            host_ip: host_ip.clone(),
            published,
            target,
            protocol: protocol.clone(),
        })
        .collect())
}

/// Address, host part and container part.
fn split(spec: &str) -> (&str, &str, &str) {
    match spec.rsplit_once(':') {
        None => ("", "", spec),
        Some((front, container)) => match front.rsplit_once(':') {
            None => ("", front, container),
            Some((ip, host)) => (ip, host, container),
        },
    }
}

/// The address without brackets.
fn address(ip: &str) -> Result<Option<String>, String> {
    if ip.is_empty() {
        return Ok(None);
    }
    let bare = ip.strip_prefix('[').and_then(|ip| ip.strip_suffix(']'));
    if bare.is_none() && ip.contains(':') {
        return Err(format!("Invalid ip address {ip}: address {ip}:: too many colons in address"));
    }
    let bare = bare.unwrap_or(ip);
    if bare.parse::<std::net::IpAddr>().is_err() {
        return Err(format!("Invalid ip address: {bare}"));
    }
    Ok(Some(bare.to_owned()))
}

fn range(text: &str) -> Option<Range> {
    let (start, end) = text.split_once('-').unwrap_or((text, text));
    let (start, end) = (number(start)?, number(end)?);
    (start <= end).then_some((start, end))
}

fn number(text: &str) -> Option<u16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Pairs of container port and published port.
fn expand(
    target: Range,
    published: Option<Range>,
    container: &str,
    host: &str,
) -> Result<Vec<(u16, Option<String>)>, String> {
    let Some((first, last)) = published else {
        return Ok((target.0..=target.1).map(|port| (port, None)).collect());
    };
    if last - first == target.1 - target.0 {
        let published = (first..=last).map(|port| Some(port.to_string()));
        return Ok((target.0..=target.1).zip(published).collect());
    }
    if target.0 == target.1 {
        return Ok(vec![(target.0, Some(format!("{first}-{last}")))]);
    }
    Err(format!("Invalid ranges specified for container and host Ports: {container} and {host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(spec: &str) -> String {
        match parse(spec) {
            Err(error) => error,
            Ok(ports) => ports
                .iter()
                .map(|port| {
                    format!(
                        "{}|{}|{}/{}",
                        port.host_ip.as_deref().unwrap_or_default(),
                        port.published.as_deref().unwrap_or_default(),
                        port.target,
                        port.protocol
                    )
                })
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    #[test]
    fn forms() {
        for (spec, expected) in [
            ("80", "||80/tcp"),
            ("8080:80/UDP", "|8080|80/udp"),
            ("8000-8001:80-81", "|8000|80/tcp |8001|81/tcp"),
            ("8080-8090:80", "|8080-8090|80/tcp"),
            ("[::1]:80:80", "::1|80|80/tcp"),
            ("9-11", "||10/tcp ||11/tcp ||9/tcp"),
            ("127.0.0.1::80", "127.0.0.1||80/tcp"),
        ] {
            assert_eq!(shown(spec), expected);
        }
    }

    #[test]
    fn errors_name_the_part() {
        for (spec, expected) in [
            ("80/foo", "Invalid proto: foo"),
            ("80:", "No port specified: 80:<empty>"),
            ("a:80", "Invalid hostPort: a"),
            ("65536", "Invalid containerPort: 65536"),
            ("localhost:80:80", "Invalid ip address: localhost"),
            ("1-3:1-2", "Invalid ranges specified for container and host Ports: 1-2 and 1-3"),
        ] {
            assert_eq!(shown(spec), expected);
        }
    }
}
