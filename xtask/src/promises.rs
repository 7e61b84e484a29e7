//! What Compose promises of a service, looked for in the objects: its command, its name and ports,
//! its healthcheck; and that what is secret stays so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    environment::{container, decode, dns, expand, is_called, seen},
    objects::{Object, at, list},
};

/// The variables of a container; no value where only a cluster knows it.
type Known = BTreeMap<String, Option<String>>;

/// What was found for one project, a line for each broken promise.
#[derive(Debug, Default)]
pub struct Broken {
    /// `entrypoint` and `command`, which are `command` and `args`.
    pub commands: Vec<String>,
    /// Services that cannot be reached under their name and container port.
    pub ports: Vec<String>,
    /// Healthchecks that no readiness probe runs.
    pub probes: Vec<String>,
}

/// Compares the objects of a set with the services of the canonical Compose model.
pub fn broken(objects: &[Object], model: &Value) -> Broken {
    let mut broken = Broken::default();
    let services = model.get("services").and_then(Value::as_object);
    let mentioned = mentioned(model);
    for (name, service) in services.into_iter().flatten() {
        let Some(container) = container(objects, name) else { continue };
        let known = seen(container, objects);
        let run = |value: Option<&Value>| -> Vec<String> {
            let words = value.and_then(Value::as_array).into_iter().flatten();
            words.filter_map(Value::as_str).map(|word| expand(word, &known)).collect()
        };
        // Without the image's entrypoint the command is the program.
        let bare = service.get("entrypoint").and_then(Value::as_array).is_some_and(Vec::is_empty);
        let program = if bare { "command" } else { "args" };
        for (compose, kubernetes) in [("entrypoint", "command"), ("command", program)] {
            let wanted = words(service.get(compose));
            if !wanted.is_empty() && !same(&run(container.get(kubernetes)), &wanted) {
                broken.commands.push(format!("{name}: {kubernetes} is not {compose}"));
            }
        }
        let asked = mentioned.get(name.as_str()).into_iter().flatten().copied();
        for port in ports(service).into_iter().chain(asked).collect::<BTreeSet<_>>() {
            if !is_served(objects, name, port) {
                broken.ports.push(format!("{name}: no Service port {port}"));
            }
        }
        let check = healthcheck(service);
        let probe = at(container, &["readinessProbe", "exec", "command"]);
        let probe: Vec<String> = plain(probe);
        if check.is_some_and(|check| !runs(&check, &probe, &known)) {
            broken.probes.push(format!("{name}: readiness is not the healthcheck"));
        }
    }
    broken
}

/// Whether words are those that are wanted. Where a text starts with an empty line, the reference
/// prints it in a way that loses the indentation of its lines.
fn same(words: &[String], wanted: &[String]) -> bool {
    let flush = |text: &str| {
        let lines: Vec<&str> = text.lines().collect();
        let indent = |line: &&str| line.len() - line.trim_start().len();
        let full = lines.iter().filter(|line| !line.trim().is_empty());
        let least = full.map(indent).min().unwrap_or(0);
        let cut = lines.iter().map(|line| line.get(least..).unwrap_or_default());
        cut.collect::<Vec<_>>().join("\n")
    };
    words.len() == wanted.len()
        && words.iter().zip(wanted).all(|(word, wanted)| {
            word == wanted || (wanted.starts_with('\n') && flush(word) == flush(wanted))
        })
}

/// A list of texts.
fn plain(value: Option<&Value>) -> Vec<String> {
    let words = value.and_then(Value::as_array).into_iter().flatten();
    words.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A list of the printed model, which writes `$` as `$$`.
fn words(value: Option<&Value>) -> Vec<String> {
    let words = value.and_then(Value::as_array).into_iter().flatten();
    words.filter_map(Value::as_str).map(|word| word.replace("$$", "$")).collect()
}

/// The container ports that others reach by TCP or UDP.
fn ports(service: &Value) -> BTreeSet<u64> {
    let published =
        list(service, &["ports"]).iter().filter_map(|port| port.get("target")?.as_u64());
    let exposed = list(service, &["expose"]).iter().filter_map(Value::as_str);
    let exposed = exposed.filter_map(|port| port.split('/').next()?.parse().ok());
    published.chain(exposed).collect()
}

/// The ports of each service that stand behind its name in variables and commands: `db:5432`.
fn mentioned(model: &Value) -> BTreeMap<&str, BTreeSet<u64>> {
    let services = model.get("services").and_then(Value::as_object);
    let services = || services.into_iter().flatten();
    let mut hosts: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, service) in services() {
        for key in ["container_name", "hostname"] {
            hosts
                .extend(service.get(key).and_then(Value::as_str).map(|host| (host, name.as_str())));
        }
    }
    hosts.extend(services().map(|(name, _)| (name.as_str(), name.as_str())));
    let mut found: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for (_, service) in services() {
        let variables = service.get("environment").and_then(Value::as_object).into_iter().flatten();
        let variables = variables.filter(|(name, _)| !name.ends_with("IMAGE"));
        let words = ["command", "entrypoint"].map(|key| list(service, &[key]).iter());
        let texts = variables.map(|(_, value)| value).chain(words.into_iter().flatten());
        for text in texts.filter_map(Value::as_str) {
            let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && !"._-:".contains(c));
            for (host, port) in parts.filter_map(|part| part.split_once(':')) {
                if let (Some(service), Ok(port @ 1..=65535)) = (hosts.get(host), port.parse()) {
                    found.entry(service).or_default().insert(port);
                }
            }
        }
    }
    found
}

fn is_served(objects: &[Object], service: &str, port: u64) -> bool {
    let name = dns(service);
    let mut services =
        objects.iter().filter(|o| o.kind() == "Service" && is_called(o.name(), &name));
    services.any(|service| {
        // A name that stands for another host has no ports of its own.
        service.text_at(&["spec", "type"]) == "ExternalName"
            || list(&service.value, &["spec", "ports"])
                .iter()
                .any(|served| served.get("port").and_then(Value::as_u64) == Some(port))
    })
}

/// The healthcheck's test, where it is on.
fn healthcheck(service: &Value) -> Option<Vec<String>> {
    let check = service.get("healthcheck")?;
    let test = words(check.get("test"));
    let off = check.get("disable") == Some(&Value::Bool(true));
    (!off && test.len() > 1).then_some(test)
}

/// Whether a probe runs the test: the same words, or the same line by a shell, once the variables
/// that took the place of secrets are put in.
fn runs(test: &[String], probe: &[String], known: &Known) -> bool {
    let Some((kind, words)) = test.split_first() else { return false };
    let by_shell = probe.iter().any(|word| word == "-c");
    let last = probe.last().map(String::as_str).unwrap_or_default();
    match kind.as_str() {
        "CMD-SHELL" => by_shell && words.first().is_some_and(|line| same_line(line, last, known)),
        _ if probe == words => true,
        _ if by_shell
            && words.len() == probe.len()
            && words.split_last().is_some_and(|(line, before)| {
                probe.starts_with(before) && same_line(line, last, known)
            }) =>
        {
            true
        }
        _ => by_shell && split(last, known).is_some_and(|split| split == words),
    }
}

/// Whether two lines of a shell are one, however variables in them are quoted.
fn same_line(one: &str, other: &str, known: &Known) -> bool {
    let put = |line: &str| {
        let mut line = line.to_owned();
        for (name, value) in known {
            let Some(value) = value else { continue };
            for spelled in ["'\"${}\"'", "\"${}\"", "${}"] {
                line = line.replace(&spelled.replace("{}", &format!("{{{name}}}")), value);
            }
        }
        line
    };
    put(one) == put(other)
}

/// The words of a simple line, as a shell reads them.
fn split(line: &str, known: &Known) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (None, ' ') => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(open), _) if open == c => quote = None,
            (None | Some('"'), '\\') => word.get_or_insert_default().push(rest.next()?),
            (None | Some('"'), '$') => {
                rest.next_if_eq(&'{')?;
                let name: String = rest.by_ref().take_while(|c| *c != '}').collect();
                word.get_or_insert_default().push_str(known.get(&name)?.as_deref()?);
            }
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

/// The values of all Secrets that are long enough to be told from other words.
pub fn secrets(objects: &[Object]) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    for secret in objects.iter().filter(|object| object.kind() == "Secret") {
        for part in ["data", "stringData"] {
            let map = secret.value.get(part).and_then(Value::as_object);
            for text in map.into_iter().flat_map(|map| map.values()).filter_map(Value::as_str) {
                let text = if part == "data" { decode(text) } else { text.to_owned() };
                values.insert(text.trim().to_owned());
            }
        }
    }
    // The word `password` names options and keys everywhere.
    values.retain(|value| (8..512).contains(&value.len()) && value != "password");
    values
}

/// The variables whose value stands in more keys of Secrets than there are variables with it: each
/// should be one key of one Secret.
pub fn repeated(
    objects: &[Object],
    variables: &BTreeMap<String, String>,
    open: &BTreeSet<String>,
) -> Vec<String> {
    let mut keys = Vec::new();
    for secret in objects.iter().filter(|object| object.kind() == "Secret") {
        for part in ["data", "stringData"] {
            let map = secret.value.get(part).and_then(Value::as_object);
            for (key, text) in map.into_iter().flatten() {
                let text = text.as_str().unwrap_or_default();
                let text = if part == "data" { decode(text) } else { text.to_owned() };
                // Files are secret as wholes.
                if text.len() < 512 && !text.contains('\n') {
                    keys.push((format!("{}/{key}", secret.name()), text));
                }
            }
        }
    }
    let sought = |value: &String| {
        (8..512).contains(&value.len()) && !open.iter().any(|text| text.contains(value.as_str()))
    };
    let values: BTreeSet<&String> = variables.values().filter(|value| sought(value)).collect();
    let mut found = Vec::new();
    for value in values {
        let names: Vec<&str> =
            variables.iter().filter(|(_, v)| *v == value).map(|(name, _)| name.as_str()).collect();
        let holders: Vec<&str> = keys
            .iter()
            .filter(|(_, text)| text.contains(value.as_str()))
            .map(|(key, _)| key.as_str())
            .collect();
        if holders.len() > names.len() {
            found.push(format!("{} stands in {}", names.join(", "), holders.join(", ")));
        }
    }
    found
}

/// What the project says in the open: a password that is also a user or a host is told apart from
/// neither by its text.
pub fn open(model: &Value) -> BTreeSet<String> {
    let mut open = BTreeSet::new();
    if let Some(name) = model.get("name").and_then(Value::as_str) {
        open.insert(name.to_owned());
    }
    for part in ["services", "volumes", "networks", "configs", "secrets"] {
        let map = model.get(part).and_then(Value::as_object);
        open.extend(map.into_iter().flat_map(|map| map.keys().cloned()));
    }
    let services = model.get("services").and_then(Value::as_object);
    for service in services.into_iter().flat_map(|map| map.values()) {
        for key in ["image", "container_name", "hostname"] {
            open.extend(service.get(key).and_then(Value::as_str).map(str::to_owned));
        }
        let variables = service.get("environment").and_then(Value::as_object);
        for (name, value) in variables.into_iter().flatten() {
            if !SECRET_WORDS.iter().any(|word| name.to_ascii_uppercase().contains(word)) {
                open.extend(value.as_str().map(str::to_owned));
            }
        }
        let volumes = list(service, &["volumes"]).iter();
        open.extend(volumes.filter_map(|volume| Some(volume.get("target")?.as_str()?.to_owned())));
    }
    open
}

/// Parts of the names of variables whose values are not said in the open. Addresses are among them,
/// since they may hold credentials.
const SECRET_WORDS: [&str; 13] = [
    "PASS", "PWD", "SECRET", "TOKEN", "KEY", "CRED", "AUTH", "URL", "URI", "DSN", "CONN", "SALT",
    "DATABASE",
];

/// The places outside of Secrets where a secret value stands that is not said in the open too.
pub fn leaks(
    objects: &[Object],
    messages: &str,
    secrets: &BTreeSet<String>,
    open: &BTreeSet<String>,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut secrets = secrets.clone();
    secrets.retain(|secret| !open.iter().any(|text| text.contains(secret)));
    let secrets = &secrets;
    let open = objects.iter().filter(|object| object.kind() != "Secret");
    for object in open.filter(|object| holds(&object.value, secrets)) {
        found.push(format!("{}/{} holds a secret value", object.kind(), object.name()));
    }
    if secrets.iter().any(|secret| messages.contains(secret)) {
        found.push("a message holds a secret value".to_owned());
    }
    found
}

fn holds(value: &Value, secrets: &BTreeSet<String>) -> bool {
    match value {
        Value::String(text) => secrets.iter().any(|secret| text.contains(secret)),
        Value::Array(items) => items.iter().any(|item| holds(item, secrets)),
        Value::Object(map) => map.values().any(|item| holds(item, secrets)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{parse, yaml};

    #[test]
    fn kept_promises_are_recognised() {
        let objects = parse(
            "kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: \
             web, args: [a, $$(b), $c], env: [{name: P, value: x}], readinessProbe: {exec: {command: \
             [sh, -c, 'curl ${P}']}}}]}}}\n---\nkind: Service\nmetadata: {name: web}\nspec: {ports: \
             [{port: 80}]}\n",
            "x",
        );
        let model = yaml(
            "services: {web: {command: [a, $$(b), $$c], expose: ['80'], healthcheck: {test: \
             [CMD-SHELL, curl x]}}}",
        );
        let found = broken(&objects.unwrap(), &model.unwrap());
        assert_eq!(
            [found.commands, found.ports, found.probes],
            [const { Vec::<String>::new() }; 3]
        );
    }

    #[test]
    fn a_port_that_others_use_is_promised() {
        let model = yaml(
            "services: {app: {environment: {A: 'http://u:p@web:80/x', B: 'q:5,web:81', IMAGE: \
             'web:3'}, command: [run, 'tcp(queue:82)', 'web:1.2']}, web: {}, q: {hostname: queue}}",
        );
        let model = model.unwrap();
        let found = mentioned(&model);
        assert_eq!(found["web"], BTreeSet::from([80, 81]));
        assert_eq!(found["q"], BTreeSet::from([5, 82]));
    }

    #[test]
    fn a_probe_with_variables_runs_the_test() {
        let known = [("P".to_owned(), Some("geheim".to_owned()))].into();
        let texts =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        for (test, probe) in [
            (vec!["CMD", "a", "-p", "geheim"], vec!["/bin/sh", "-c", "a -p \"${P}\""]),
            (vec!["CMD-SHELL", "a 'x geheim'"], vec!["/bin/sh", "-c", "a 'x '\"${P}\"''"]),
            (vec!["CMD", "sh", "-c", "a geheim"], vec!["sh", "-c", "a \"${P}\""]),
        ] {
            assert!(runs(&texts(&test), &texts(&probe), &known), "{test:?}");
        }
        assert!(!runs(&texts(&["CMD", "a", "b"]), &texts(&["/bin/sh", "-c", "a c"]), &known));
    }

    #[test]
    fn a_variable_in_two_secrets_is_repeated() {
        let objects = parse(
            "kind: Secret\nmetadata: {name: a}\nstringData: {P: hunter2hunter2}\n---\nkind: Secret\n\
             metadata: {name: b}\nstringData: {URL: 'db://u:hunter2hunter2@db', R: other}\n",
            "x",
        );
        let variables = [("P".to_owned(), "hunter2hunter2".to_owned())].into();
        let found = repeated(&objects.unwrap(), &variables, &BTreeSet::new());
        assert_eq!(found, ["P stands in a/P, b/URL"]);
    }

    #[test]
    fn a_secret_in_a_config_map_is_a_leak() {
        let objects = parse(
            "kind: Secret\nmetadata: {name: s}\nstringData: {p: hunter2hunter2, q: short}\n---\n\
             kind: ConfigMap\nmetadata: {name: c}\ndata: {url: 'db://hunter2hunter2@db', r: short}\n",
            "x",
        );
        let objects = objects.unwrap();
        let found = leaks(&objects, "", &secrets(&objects), &BTreeSet::new());
        assert_eq!(found, ["ConfigMap/c holds a secret value"]);
    }
}
