//! Reading the data files, strictly: an unknown key or a wrong type is an error.

use crate::{
    text::{Sink, Sources},
    yaml::{self, Data, Entry as Pair, Node},
};

use super::{
    Class, DataPath, KnownPort, KnownProbe, Protocol, Requests,
    entry::{Entry, Patch, Variant},
    matching::{Condition, numbers},
};

/// What is wrong with a data file; only the project's own tests ever see it.
type Wrong = String;

/// The entries of a data file.
pub(super) fn file(name: &str, text: &str) -> Result<Vec<Entry>, Wrong> {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let id = sources.add(name, text);
    let node = yaml::parse(id, &sources, &mut sink).map_err(|_| syntax(name, &sink))?;
    items(&node)?
        .iter()
        .map(|node| {
            entry(node).map_err(|wrong| {
                let place = sources.location(node.span).unwrap_or_else(|| name.to_owned());
                format!("{place}: {wrong}")
            })
        })
        .collect()
}

fn syntax(name: &str, sink: &Sink) -> Wrong {
    let messages: Vec<&str> = sink.iter().map(|it| it.message.as_str()).collect();
    format!("{name}: {}", messages.join("; "))
}

fn entry(node: &Node) -> Result<Entry, Wrong> {
    let mut entry = Entry {
        name: String::new(),
        images: Vec::new(),
        source: String::new(),
        documentation: String::new(),
        version_prefix: None,
        base: Patch::default(),
        variants: Vec::new(),
    };
    for Pair { key, value } in pairs(node)? {
        match key.name.as_str() {
            "name" => entry.name = text(value)?,
            "images" => entry.images = texts(value)?,
            "source" => entry.source = text(value)?,
            "documentation" => entry.documentation = text(value)?,
            "versionPrefix" => entry.version_prefix = Some(text(value)?),
            "variants" => entry.variants = list(value, variant)?,
            name => fact(&mut entry.base, name, value)?,
        }
    }
    let texts = [&entry.name, &entry.source, &entry.documentation];
    if entry.images.is_empty() || texts.iter().any(|text| text.is_empty()) {
        return Err("an entry needs `name`, `images`, `source` and `documentation`".to_owned());
    }
    Ok(entry)
}

fn variant(node: &Node) -> Result<Variant, Wrong> {
    let mut variant = Variant { when: Condition::default(), patch: Patch::default() };
    for Pair { key, value } in pairs(node)? {
        match key.name.as_str() {
            "when" => variant.when = condition(value)?,
            name => fact(&mut variant.patch, name, value)?,
        }
    }
    Ok(variant)
}

fn condition(node: &Node) -> Result<Condition, Wrong> {
    let mut condition = Condition::default();
    for Pair { key, value } in pairs(node)? {
        let text = text(value)?;
        let version = || numbers(&text).ok_or_else(|| format!("`{text}` is no version"));
        match key.name.as_str() {
            "from" => condition.from = Some(version()?),
            "below" => condition.below = Some(version()?),
            "word" => condition.word = Some(text),
            name => return Err(unknown(name)),
        }
    }
    Ok(condition)
}

fn fact(patch: &mut Patch, name: &str, value: &Node) -> Result<(), Wrong> {
    match name {
        "class" => patch.class = Some(class(value)?),
        "component" => patch.component = Some(text(value)?),
        "persistent" => patch.persistent = Some(boolean(value)?),
        "ports" => patch.ports = Some(list(value, port)?),
        "data" => patch.data = Some(list(value, data_path)?),
        "uid" => patch.uid = Some(integer(value)?),
        "gid" => patch.gid = Some(integer(value)?),
        "fsGroup" => patch.fs_group = Some(integer(value)?),
        "readiness" => patch.readiness = Some(probe(value)?),
        "liveness" => patch.liveness = Some(probe(value)?),
        "requests" => patch.requests = Some(requests(value)?),
        "memoryLimit" => patch.memory_limit = Some(text(value)?),
        "singleton" => patch.singleton = Some(boolean(value)?),
        "secretVariables" => patch.secret_variables = Some(texts(value)?),
        "plainVariables" => patch.plain_variables = Some(texts(value)?),
        "dropCapabilities" => patch.drop_capabilities = Some(boolean(value)?),
        "setuid" => patch.setuid = Some(boolean(value)?),
        "once" => patch.once = Some(boolean(value)?),
        "replacedBy" => patch.replaced_by = Some(text(value)?),
        "dockerSocket" => patch.docker_socket = Some(boolean(value)?),
        "fileModes" => patch.file_modes = Some(file_modes(value)?),
        "clusters" => patch.clusters = Some(boolean(value)?),
        "metrics" => patch.metrics = Some(port_number(value)?),
        "reads" => patch.reads = Some(texts(value)?),
        name => return Err(unknown(name)),
    }
    Ok(())
}

fn class(node: &Node) -> Result<Class, Wrong> {
    match text(node)?.as_str() {
        "web" => Ok(Class::Web),
        "worker" => Ok(Class::Worker),
        "store" => Ok(Class::Store),
        "tool" => Ok(Class::Tool),
        "cluster" => Ok(Class::Cluster),
        other => Err(format!("`{other}` is no class")),
    }
}

fn port(node: &Node) -> Result<KnownPort, Wrong> {
    let mut port = KnownPort { name: String::new(), port: 0, protocol: Protocol::Tcp, http: false };
    for Pair { key, value } in pairs(node)? {
        match key.name.as_str() {
            "name" => port.name = text(value)?,
            "port" => port.port = port_number(value)?,
            "http" => port.http = boolean(value)?,
            "protocol" if value.as_str() == Some("udp") => port.protocol = Protocol::Udp,
            name => return Err(unknown(name)),
        }
    }
    Ok(port)
}

fn data_path(node: &Node) -> Result<DataPath, Wrong> {
    let mut data = DataPath { path: String::new(), must_be_empty: false, size: None };
    for Pair { key, value } in pairs(node)? {
        match key.name.as_str() {
            "path" => data.path = text(value)?,
            "mustBeEmpty" => data.must_be_empty = boolean(value)?,
            "size" => data.size = Some(text(value)?),
            name => return Err(unknown(name)),
        }
    }
    Ok(data)
}

fn probe(node: &Node) -> Result<KnownProbe, Wrong> {
    let [Pair { key, value }] = pairs(node)? else {
        return Err("a probe is one of `exec`, `shell`, `http`, `tcp`".to_owned());
    };
    match key.name.as_str() {
        "exec" => Ok(KnownProbe::Exec(texts(value)?)),
        "shell" => Ok(KnownProbe::Exec(vec!["sh".to_owned(), "-c".to_owned(), text(value)?])),
        "tcp" => Ok(KnownProbe::Tcp { port: port_number(value)? }),
        "http" => {
            let of = |name: &str| value.get(name).ok_or_else(|| format!("no `{name}`"));
            Ok(KnownProbe::Http { path: text(of("path")?)?, port: port_number(of("port")?)? })
        }
        name => Err(unknown(name)),
    }
}

fn requests(node: &Node) -> Result<Requests, Wrong> {
    let mut requests = Requests { cpu: String::new(), memory: String::new() };
    for Pair { key, value } in pairs(node)? {
        match key.name.as_str() {
            "cpu" => requests.cpu = text(value)?,
            "memory" => requests.memory = text(value)?,
            name => return Err(unknown(name)),
        }
    }
    Ok(requests)
}

fn file_modes(node: &Node) -> Result<Vec<(String, u32)>, Wrong> {
    let mode = |value: &Node| {
        let text = text(value)?;
        u32::from_str_radix(&text, 8).map_err(|_| format!("`{text}` is no mode"))
    };
    pairs(node)?.iter().map(|Pair { key, value }| Ok((key.name.clone(), mode(value)?))).collect()
}

fn unknown(name: &str) -> Wrong {
    format!("unknown key `{name}`")
}

fn pairs(node: &Node) -> Result<&[Pair], Wrong> {
    node.as_map().ok_or_else(|| format!("a mapping is wanted, not a {}", node.kind()))
}

fn items(node: &Node) -> Result<&[Node], Wrong> {
    node.as_seq().ok_or_else(|| format!("a list is wanted, not a {}", node.kind()))
}

fn list<T>(node: &Node, item: impl Fn(&Node) -> Result<T, Wrong>) -> Result<Vec<T>, Wrong> {
    items(node)?.iter().map(item).collect()
}

fn texts(node: &Node) -> Result<Vec<String>, Wrong> {
    list(node, text)
}

fn text(node: &Node) -> Result<String, Wrong> {
    let text = node.as_str().map(str::to_owned);
    text.ok_or_else(|| format!("a string is wanted, not a {}", node.kind()))
}

fn boolean(node: &Node) -> Result<bool, Wrong> {
    match node.data {
        Data::Bool(value) => Ok(value),
        _ => Err(format!("true or false is wanted, not a {}", node.kind())),
    }
}

fn integer(node: &Node) -> Result<i64, Wrong> {
    match node.data {
        Data::Int(value) => i64::try_from(value).map_err(|_| "the number is too large".to_owned()),
        _ => Err(format!("a number is wanted, not a {}", node.kind())),
    }
}

fn port_number(node: &Node) -> Result<u16, Wrong> {
    let number = integer(node)?;
    u16::try_from(number).map_err(|_| format!("{number} is no port"))
}
