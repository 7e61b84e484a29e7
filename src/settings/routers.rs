//! Ways in that labels of Traefik and Caddy and the variables of nginx-proxy describe.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    compose::{Service, Text},
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Data, Node},
};

/// A way in, as a label describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Way {
    host: String,
    path: Option<String>,
    exact: bool,
    port: Option<i64>,
    tls: bool,
    issuer: Option<String>,
}

/// The `public` setting that stands in a service's labels and variables; none where none does.
pub(super) fn public(name: &str, service: &Service, sink: &mut Sink) -> Option<Node> {
    let mut found = Found { name, ways: Vec::new(), span: None, sink };
    found.traefik(service);
    found.caddy(service);
    found.virtual_host(service);
    let span = found.span?;
    let ways: Vec<Node> = found.ways.iter().map(|way| way.node(name, span)).collect();
    (!ways.is_empty()).then(|| Node::new(Data::Seq(ways), span))
}

impl Way {
    fn node(&self, service: &str, span: Span) -> Node {
        let empty = || Node::new(Data::Map(Vec::new()), span);
        let mut node = empty();
        node.set("host", Node::string(&self.host, span));
        if let Some(path) = &self.path {
            node.set("path", Node::string(path, span));
        }
        if self.exact {
            node.set("pathType", Node::string("Exact", span));
        }
        if let Some(port) = self.port {
            node.set("port", Node::new(Data::Int(port.into()), span));
        }
        if self.tls {
            let mut tls = empty();
            let secret = format!("{}-tls", service.to_ascii_lowercase().replace(['_', '.'], "-"));
            tls.set("secret", Node::string(secret, span));
            if let Some(issuer) = &self.issuer {
                tls.set("issuer", Node::string(issuer, span));
            }
            node.set("tls", tls);
        }
        node
    }
}

struct Found<'a> {
    name: &'a str,
    ways: Vec<Way>,
    span: Option<Span>,
    sink: &'a mut Sink,
}

impl Found<'_> {
    fn add(&mut self, way: Way, at: &Text) {
        if !is_host(&way.host) {
            self.left_out(at, "name the host with `public`: a way in has a host name, not a pattern or an address");
            return;
        }
        self.span.get_or_insert(at.span());
        if !self.ways.contains(&way) {
            self.ways.push(way);
        }
    }

    fn left_out(&mut self, at: &Text, help: &str) {
        let message = format!("`{}` of `{}` was left out", at.value, self.name);
        self.sink.push(Diagnostic::new(Code::LeftOut, message).at(at.span()).help(help));
    }

    fn approximated(&mut self, at: &Text, message: String, help: &str) {
        self.sink.push(Diagnostic::new(Code::Approximated, message).at(at.span()).help(help));
    }

    /// Routers of Traefik 2 and 3: `traefik.http.routers.<name>.rule` and what belongs to it.
    fn traefik(&mut self, service: &Service) {
        let labels: BTreeMap<String, (&Text, &Text)> = service
            .labels
            .iter()
            .map(|(key, value)| (key.value.to_ascii_lowercase(), (key, value)))
            .collect();
        if labels.get("traefik.enable").is_some_and(|(_, value)| value.value == "false") {
            return;
        }
        let of = |path: String| labels.get(&path).map(|(_, value)| value.value.as_str());
        let mut used = BTreeSet::new();
        for (label, (key, rule)) in &labels {
            let Some(router) = router_of(label) else { continue };
            used.insert(label.clone());
            let part = |part: &str| of(format!("traefik.http.routers.{router}.{part}"));
            for field in ["tls", "tls.certresolver", "entrypoints", "service", "priority"] {
                used.insert(format!("traefik.http.routers.{router}.{field}"));
            }
            let resolver = part("tls.certresolver");
            let secure = part("entrypoints").is_some_and(|points| {
                points
                    .split(',')
                    .any(|point| point.trim().ends_with("secure") || point.trim() == "https")
            });
            let backend = part("service").unwrap_or(router);
            let port_of = |service: &str| {
                let path = format!("traefik.http.services.{service}.loadbalancer.server.port");
                of(path).and_then(|port| port.parse().ok())
            };
            let port = port_of(backend).or_else(|| only_port(&labels));
            let (hosts, paths, complete) = rule_of(&rule.value);
            if !complete || hosts.is_empty() {
                self.approximated(
                    rule,
                    format!("the rule of router `{router}` of `{}` is more than hosts and paths", self.name),
                    "what an Ingress cannot say, its controller may with annotations: `public: {annotations: …}`",
                );
            }
            if let Some(resolver) = resolver {
                self.approximated(
                    key,
                    format!(
                        "`{}` takes its certificate from cert-manager's ClusterIssuer `{resolver}`",
                        self.name
                    ),
                    "create the issuer, or name another one with `public: {tls: {issuer: …}}`",
                );
            }
            for host in &hosts {
                let all: Vec<Option<(String, bool)>> = if paths.is_empty() {
                    vec![None]
                } else {
                    paths.iter().cloned().map(Some).collect()
                };
                for path in all {
                    let way = Way {
                        host: host.clone(),
                        exact: path.as_ref().is_some_and(|(_, exact)| *exact),
                        path: path.map(|(path, _)| path),
                        port,
                        tls: secure || resolver.is_some() || part("tls") == Some("true"),
                        issuer: resolver.map(str::to_owned),
                    };
                    self.add(way, rule);
                }
            }
        }
        self.rest_of_traefik(&labels, &used);
    }

    /// Labels of Traefik that lead to no setting.
    fn rest_of_traefik(
        &mut self,
        labels: &BTreeMap<String, (&Text, &Text)>,
        used: &BTreeSet<String>,
    ) {
        for (label, (key, _)) in labels {
            let known = used.contains(label)
                || label.ends_with(".loadbalancer.server.port")
                || matches!(label.as_str(), "traefik.enable" | "traefik.docker.network");
            if !label.starts_with("traefik.") || known {
                continue;
            }
            let help = if label.contains(".middlewares") {
                "a middleware is the ingress controller's: name it with `public: {annotations: …}`"
            } else {
                "say how the service is reached with `public`"
            };
            self.left_out(key, help);
        }
    }

    /// Labels of caddy-docker-proxy: `caddy: host`, `caddy.reverse_proxy: "{{upstreams 8080}}"`.
    fn caddy(&mut self, service: &Service) {
        let labels = || service.labels.iter().filter(|(key, _)| key.value.starts_with("caddy"));
        let site = |label: &str| {
            let digits = label.strip_prefix("caddy").unwrap_or_default().trim_start_matches('_');
            digits.chars().all(|c| c.is_ascii_digit())
        };
        for (key, hosts) in labels().filter(|(key, _)| site(&key.value)) {
            let proxy = service.labels.get(&format!("{}.reverse_proxy", key.value));
            let proxied = proxy.map_or("", Text::as_str);
            let path = proxied.split_whitespace().next().filter(|word| word.starts_with('/'));
            for host in hosts.value.split([',', ' ']).filter(|host| !host.is_empty()) {
                let plain = host.strip_prefix("http://");
                let host = plain.or_else(|| host.strip_prefix("https://")).unwrap_or(host);
                let way = Way {
                    host: host.to_owned(),
                    path: path.map(|path| path.trim_end_matches('*').to_owned()),
                    port: upstream_port(proxied),
                    tls: plain.is_none(),
                    ..Way::default()
                };
                self.add(way, hosts);
            }
        }
        for (key, _) in labels() {
            if !site(&key.value) && !key.value.ends_with(".reverse_proxy") {
                self.left_out(
                    key,
                    "a directive is the ingress controller's: use `public: {annotations: …}`",
                );
            }
        }
    }

    /// Variables of nginx-proxy: `VIRTUAL_HOST`, `VIRTUAL_PORT`, `VIRTUAL_PATH`, `LETSENCRYPT_HOST`.
    fn virtual_host(&mut self, service: &Service) {
        let of = |name: &str| service.environment.get(name).and_then(Option::as_ref);
        let Some(hosts) = of("VIRTUAL_HOST") else { return };
        let secure = of("LETSENCRYPT_HOST").map_or("", Text::as_str);
        for host in hosts.value.split(',').map(str::trim).filter(|host| !host.is_empty()) {
            let (host, own_port) = match host.split_once(':') {
                Some((host, port)) => (host, port.parse().ok()),
                None => (host, None),
            };
            let port = of("VIRTUAL_PORT").and_then(|port| port.value.trim().parse().ok());
            let way = Way {
                host: host.to_owned(),
                path: of("VIRTUAL_PATH").map(|path| path.value.clone()),
                port: own_port.or(port),
                tls: secure.split(',').any(|known| known.trim() == host),
                ..Way::default()
            };
            self.add(way, hosts);
        }
    }
}

/// The router that a label gives its rule.
fn router_of(label: &str) -> Option<&str> {
    label.strip_prefix("traefik.http.routers.")?.strip_suffix(".rule")
}

/// The port of the only service that the labels describe.
fn only_port(labels: &BTreeMap<String, (&Text, &Text)>) -> Option<i64> {
    let mut ports = labels
        .iter()
        .filter(|(label, _)| label.ends_with(".loadbalancer.server.port"))
        .filter_map(|(_, (_, value))| value.value.parse().ok());
    ports.next().filter(|_| ports.next().is_none())
}

/// Hosts and paths of a rule, and whether that is all that it says.
fn rule_of(rule: &str) -> (Vec<String>, Vec<(String, bool)>, bool) {
    let (mut hosts, mut paths) = (Vec::new(), Vec::new());
    let mut complete = !rule.contains('!');
    let mut rest = rule;
    while let Some(open) = rest.find('(') {
        let name = rest.get(..open).unwrap_or_default();
        let name = name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let inside = rest.get(open + 1..).unwrap_or_default();
        if name.is_empty() {
            // A bracket around several matchers.
            rest = inside;
            continue;
        }
        let Some(close) = inside.find(')') else { return (hosts, paths, false) };
        let values = arguments(inside.get(..close).unwrap_or_default());
        match name.to_ascii_lowercase().as_str() {
            "host" => hosts.extend(values),
            "pathprefix" => paths.extend(values.into_iter().map(|path| (path, false))),
            "path" => paths.extend(values.into_iter().map(|path| (path, true))),
            _ => complete = false,
        }
        rest = inside.get(close + 1..).unwrap_or_default();
    }
    // Alternatives with paths of their own are more than every host with every path.
    if rule.contains("||") && !paths.is_empty() && hosts.len() > 1 {
        complete = false;
    }
    (hosts, paths, complete)
}

fn arguments(text: &str) -> Vec<String> {
    let quoted = |part: &str| part.trim().trim_matches(['`', '"', '\'']).to_owned();
    text.split(',').map(quoted).filter(|part| !part.is_empty()).collect()
}

/// The port in `{{upstreams 8080}}` or `host:8080`.
fn upstream_port(text: &str) -> Option<i64> {
    let inside = text.split("{{").nth(1).and_then(|rest| rest.split("}}").next());
    match inside {
        Some(inside) => inside.split_whitespace().find_map(|word| word.parse().ok()),
        None => text.rsplit(':').next().and_then(|port| port.trim().parse().ok()),
    }
}

/// A host name, which may start with `*.`.
fn is_host(host: &str) -> bool {
    let name = host.strip_prefix("*.").unwrap_or(host);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label) && name.parse::<std::net::IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{Decode, Entries};

    fn ways(labels: &[(&str, &str)], variables: &[(&str, &str)]) -> (Vec<Way>, usize) {
        let text = |text: &&str| Text {
            span: Some(Span::new(crate::text::FileId(0), 0, 1)),
            ..Text::bare(*text)
        };
        let labels = labels.iter().map(|(key, value)| (text(key), text(value))).collect();
        let variables = variables.iter().map(|(key, value)| (text(key), Some(text(value))));
        let service = Service {
            labels: Entries::new(labels),
            environment: Entries::new(variables.collect()),
            ..Service::absent()
        };
        let mut sink = Sink::default();
        let mut found = Found { name: "web", ways: Vec::new(), span: None, sink: &mut sink };
        found.traefik(&service);
        found.caddy(&service);
        found.virtual_host(&service);
        let ways = found.ways;
        (ways, sink.iter().count())
    }

    #[test]
    fn routers_of_traefik() {
        let (found, said) = ways(
            &[
                ("traefik.enable", "true"),
                ("traefik.http.routers.web.rule", "Host(`a.example.com`) && PathPrefix(`/api`)"),
                ("traefik.http.routers.web.entrypoints", "websecure"),
                ("traefik.http.services.web.loadbalancer.server.port", "3000"),
            ],
            &[],
        );
        let way = Way {
            host: "a.example.com".to_owned(),
            path: Some("/api".to_owned()),
            port: Some(3000),
            tls: true,
            ..Way::default()
        };
        assert_eq!((found, said), (vec![way], 0));
        assert_eq!(
            ways(
                &[("traefik.enable", "false"), ("traefik.http.routers.w.rule", "Host(`a.b`)")],
                &[]
            )
            .0,
            []
        );
        let (found, said) = ways(
            &[
                ("traefik.http.routers.w.rule", "Host(`a.b`) && Headers(`x`, `y`)"),
                ("traefik.http.middlewares.m.basicauth.users", "u:p"),
            ],
            &[],
        );
        assert_eq!((found.len(), said), (1, 2));
        assert_eq!(ways(&[("traefik.http.routers.w.rule", "HostRegexp(`.+`)")], &[]).0, []);
    }

    #[test]
    fn labels_of_caddy_and_variables_of_nginx_proxy() {
        let (found, said) = ways(
            &[("caddy", "a.b, http://c.d"), ("caddy.reverse_proxy", "{{upstreams 8080}}")],
            &[],
        );
        assert_eq!(said, 0);
        let short: Vec<_> =
            found.iter().map(|way| (way.host.as_str(), way.port, way.tls)).collect();
        assert_eq!(short, [("a.b", Some(8080), true), ("c.d", Some(8080), false)]);
        let (found, _) = ways(
            &[],
            &[("VIRTUAL_HOST", "a.b,c.d"), ("VIRTUAL_PORT", "81"), ("LETSENCRYPT_HOST", "c.d")],
        );
        let short: Vec<_> =
            found.iter().map(|way| (way.host.as_str(), way.port, way.tls)).collect();
        assert_eq!(short, [("a.b", Some(81), false), ("c.d", Some(81), true)]);
        assert_eq!(ways(&[], &[("VIRTUAL_HOST", "~^x.*")]), (Vec::new(), 1));
    }
}
