//! Random projects over the Compose specification.

use std::collections::BTreeMap;

use super::{
    pools::{CONTENT, Form, ODD, RESOURCES, SERVICE},
    tree::Tree,
};
use crate::random::Random;

/// A project and how it is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// Compose files by name.
    pub(super) documents: BTreeMap<String, Tree>,
    /// Other files by name.
    pub(super) texts: BTreeMap<String, String>,
    /// What follows the program's name.
    pub(super) args: Vec<String>,
    /// Variables of the process.
    pub(super) environment: BTreeMap<String, String>,
}

/// Services, of which the later ones may refer to the earlier ones.
const SERVICES: [&str; 4] = ["b", "d", "a", "c"];

/// Attributes that make a service depend on another one.
const DEPENDING: [&str; 6] = ["depends_on", "links", "volumes_from", "network_mode", "ipc", "pid"];

/// Attributes of which the reference wants at most one, or the same value in both.
const RIVALS: [(&str, &str); 9] = [
    ("networks", "network_mode"),
    ("deploy", "scale"),
    ("deploy", "cpus"),
    ("deploy", "mem_limit"),
    ("deploy", "mem_reservation"),
    ("deploy", "pids_limit"),
    ("scale", "container_name"),
    ("deploy", "container_name"),
    ("volumes", "tmpfs"),
];

/// Attributes that a job has not.
const SERVICES_ONLY: [&str; 13] = [
    "attach",
    "container_name",
    "deploy",
    "develop",
    "external_links",
    "links",
    "post_start",
    "pre_start",
    "pre_stop",
    "provider",
    "restart",
    "scale",
    "extends",
];

/// Lines of environment files.
const LINES: [&str; 14] = [
    "A=from file",
    "B='single $X'",
    "C=\"double $A ${NONE:-d}\"",
    "export D=exported",
    "E = spaced # comment",
    "F=a#b",
    "SET",
    "G=${SET}-x",
    "H=\"a\\nb\"",
    "# comment",
    "",
    "I: yaml",
    "J=",
    "K='multi\nline'",
];

impl Case {
    /// The case of a seed.
    pub(super) fn of(seed: u64) -> Self {
        let mut maker = Maker {
            random: Random::new(seed),
            case: Self {
                documents: BTreeMap::new(),
                texts: BTreeMap::new(),
                args: Vec::new(),
                environment: BTreeMap::new(),
            },
        };
        maker.make();
        maker.case
    }
}

struct Maker {
    random: Random,
    case: Case,
}

type Entries = Vec<(String, Tree)>;

impl Maker {
    fn make(&mut self) {
        for (name, value) in [("SET", "set value"), ("EMPTY", ""), ("NUMBER", "3")] {
            self.case.environment.insert(name.to_owned(), value.to_owned());
        }
        for name in ["a.env", "b.env", "sub/c.env"] {
            let text = self.lines();
            self.case.texts.insert(name.to_owned(), text);
        }
        if self.random.once_in(2) {
            let text = self.lines();
            self.case.texts.insert(".env".to_owned(), text);
        }
        let base = self.document();
        let (first, second) = self.names();
        self.case.documents.insert(first, Tree::map(base));
        if let Some(second) = second {
            let over = self.override_document();
            self.case.documents.insert(second, Tree::map(over));
        }
        self.calls();
    }

    fn lines(&mut self) -> String {
        let mut text = self.random.some(&LINES, 1, 6).join("\n");
        text.push('\n');
        text
    }

    /// The names of the file and of the file over it, and how both are given.
    fn names(&mut self) -> (String, Option<String>) {
        let second = self.random.once_in(2);
        let named = |first: &str, other: &str| (first.to_owned(), second.then(|| other.to_owned()));
        match self.random.below(4) {
            0 => {
                let names = named("one.yaml", "two.yaml");
                self.case.args.extend(["-f", "one.yaml"].map(str::to_owned));
                if second {
                    self.case.args.extend(["-f", "two.yaml"].map(str::to_owned));
                }
                names
            }
            1 => {
                let list = if second { "one.yaml;two.yaml" } else { "one.yaml" };
                self.variable("COMPOSE_FILE", list);
                self.variable("COMPOSE_PATH_SEPARATOR", ";");
                named("one.yaml", "two.yaml")
            }
            2 => named("docker-compose.yml", "docker-compose.override.yml"),
            _ => named("compose.yaml", "compose.override.yaml"),
        }
    }

    fn variable(&mut self, name: &str, value: &str) {
        self.case.environment.insert(name.to_owned(), value.to_owned());
    }

    fn calls(&mut self) {
        match self.random.below(6) {
            0 => {
                let profile = self.random.pick(&["p1", "*", "p2", "nobody"]);
                self.case.args.extend(["--profile".to_owned(), profile.to_owned()]);
            }
            1 => self.variable("COMPOSE_PROFILES", "p2, p1"),
            _ => {}
        }
        match self.random.below(12) {
            0 => self.case.args.extend(["-p", "given"].map(str::to_owned)),
            1 => self.variable("COMPOSE_PROJECT_NAME", "from-env"),
            2 => self.case.args.extend(["--env-file", "a.env"].map(str::to_owned)),
            3 => self.variable("COMPOSE_ENV_FILES", "a.env,b.env"),
            _ => {}
        }
        self.case.args.push("config".to_owned());
        let skip = [
            "--no-interpolate",
            "--no-normalize",
            "--no-path-resolution",
            "--no-env-resolution",
            "--no-consistency",
        ];
        if self.random.once_in(4) {
            let flags = self.random.some(&skip, 1, 2);
            self.case.args.extend(flags.iter().map(|flag| (*flag).to_owned()));
        }
        let what = [
            "--services",
            "--volumes",
            "--networks",
            "--images",
            "--profiles",
            "--environment",
            "--variables --format json",
            "--format json",
            "--models",
        ];
        if self.random.once_in(5) {
            let words = self.random.pick(&what).split(' ');
            self.case.args.extend(words.map(str::to_owned));
        } else if self.random.once_in(10) {
            let service = self.random.pick(&["a", "b", "nobody"]);
            self.case.args.push(service.to_owned());
        }
    }

    fn document(&mut self) -> Entries {
        let mut document = Entries::new();
        let mut add = |key: &str, value: Tree| document.push((key.to_owned(), value));
        if self.random.once_in(8) {
            add("version", Tree::leaf("\"3.8\""));
        }
        if self.random.once_in(3) {
            let name =
                self.random.pick(&["proj", "\"My Proj_1\"", "\"p-${SET:-x}\"", "\"p${NUMBER}\""]);
            add("name", Tree::leaf(name));
        }
        let shared = self.random.once_in(3).then(|| Tree::map(self.attributes("a", 1, 3)));
        if let Some(shared) = &shared {
            add("x-shared", shared.clone().marked("&shared"));
        }
        if self.random.once_in(4) {
            add("include", self.include());
        }
        let services = self.services(shared.is_some());
        add("services", Tree::map(services));
        for (section, value) in self.resources() {
            add(&section, value);
        }
        if self.random.once_in(6) {
            let job = self.job();
            document.push(("jobs".to_owned(), Tree::map(vec![("j".to_owned(), job)])));
        }
        document
    }

    fn job(&mut self) -> Tree {
        let mut job = self.attributes("a", 1, 6);
        if !self.random.once_in(10) {
            job.retain(|(name, _)| !SERVICES_ONLY.contains(&name.as_str()));
        }
        job.push(("image".to_owned(), Tree::leaf("job")));
        let triggers = self.random.pick(&[
            "{manual: true}",
            "{manual: \"${UNSET:-false}\"}",
            "{schedule: [\"0 3 * * *\"]}",
            "{schedule: [{cron: \"@daily\", timezone: UTC, concurrency: queue}], manual: yes}",
            "{}",
        ]);
        job.push(("triggers".to_owned(), Tree::leaf(triggers)));
        Tree::map(job)
    }

    fn services(&mut self, shared: bool) -> Entries {
        let count = self.random.between(1, SERVICES.len());
        let mut services = Entries::new();
        for name in SERVICES.into_iter().take(count.max(3)) {
            let mut service = Entries::new();
            if shared && self.random.once_in(2) {
                service.push(("<<".to_owned(), Tree::leaf("*shared")));
            }
            let image =
                self.random.pick(&["alpine", "nginx:1.27", "\"r.io/x/y:${NUMBER}\"", "a@sha256:0"]);
            service.push(("image".to_owned(), Tree::leaf(image)));
            service.extend(self.attributes(name, 1, 7));
            if name == "c" {
                service.push(("extends".to_owned(), self.extends()));
            }
            services.push((name.to_owned(), Tree::map(service)));
        }
        if self.random.once_in(4) {
            self.make_odd(&mut services);
        }
        services
    }

    /// Random attributes of a service, each once.
    fn attributes(&mut self, service: &str, least: usize, most: usize) -> Entries {
        let mut found = BTreeMap::new();
        for _ in 0..self.random.between(least, most) {
            let (name, form) = SERVICE[self.random.below(SERVICE.len())];
            if DEPENDING.contains(&name) && matches!(service, "b" | "d" | "i") {
                continue;
            }
            let tree = self.fill(form);
            found.insert(name.to_owned(), tree);
        }
        for (one, other) in RIVALS {
            if found.contains_key(one) && !self.random.once_in(10) {
                found.remove(other);
            }
        }
        found.into_iter().collect()
    }

    fn make_odd(&mut self, services: &mut Entries) {
        let (name, value) = ODD[self.random.below(ODD.len())];
        let at = services.iter().position(|(service, _)| service == "a");
        if let Some((_, Tree::Map(_, entries))) = at.and_then(|at| services.get_mut(at)) {
            entries.retain(|(key, _)| key != name);
            entries.push((name.to_owned(), Tree::leaf(value)));
        }
    }

    fn extends(&mut self) -> Tree {
        if self.random.once_in(2) {
            return Tree::leaf(self.random.pick(&["a", "{service: b}", "{service: a}"]));
        }
        let folder = self.random.pick(&["", "sub/"]);
        let mut services = vec![("base".to_owned(), Tree::map(self.attributes("b", 1, 5)))];
        if self.random.once_in(3) {
            let mut middle = self.attributes("b", 1, 3);
            middle.push(("extends".to_owned(), Tree::leaf("{service: base}")));
            services.push(("middle".to_owned(), Tree::map(middle)));
        }
        let last = services.last().map(|(name, _)| name.clone()).unwrap_or_default();
        let document = Tree::map(vec![("services".to_owned(), Tree::map(services))]);
        let file = format!("{folder}base.yaml");
        self.case.documents.insert(file.clone(), document);
        Tree::leaf(format!("{{file: {file}, service: {last}}}"))
    }

    fn include(&mut self) -> Tree {
        let folder = self.random.pick(&["", "sub/"]);
        let mut service = self.attributes("i", 1, 4);
        service.push(("image".to_owned(), Tree::leaf("\"inc:${A:-none}\"")));
        let name = self.random.pick(&["i", "i", "b"]).to_owned();
        let mut document =
            vec![("services".to_owned(), Tree::map(vec![(name, Tree::map(service))]))];
        document.extend(self.resources());
        let file = format!("{folder}inc.yaml");
        self.case.documents.insert(file.clone(), Tree::map(document));
        Tree::leaf(match self.random.below(4) {
            0 => format!("[{{path: {file}, env_file: b.env}}]"),
            1 => format!("[{{path: [{file}], project_directory: sub}}]"),
            2 => format!("[{{path: {file}}}]"),
            _ => format!("[{file}]"),
        })
    }

    fn resources(&mut self) -> Entries {
        let mut sections = Entries::new();
        for (section, names, forms) in RESOURCES {
            let mut entries = Entries::new();
            for name in *names {
                entries.push(((*name).to_owned(), self.resource(section, name, forms)));
            }
            sections.push(((*section).to_owned(), Tree::map(entries)));
        }
        if self.random.once_in(10) {
            let model = Tree::leaf("{m1: {model: ai/x, context_size: 1024, runtime_flags: [a]}}");
            sections.push(("models".to_owned(), model));
        }
        sections
    }

    fn resource(&mut self, section: &str, name: &str, forms: &[(&str, Form)]) -> Tree {
        let content = matches!(section, "secrets" | "configs");
        if self.random.once_in(60) {
            return Tree::leaf(self.random.pick(&["{external: true}", "{external: {name: old}}"]));
        }
        if !content && self.random.once_in(3) {
            return Tree::leaf("");
        }
        let mut found = BTreeMap::new();
        for _ in 0..self.random.between(usize::from(!content), 3) {
            let (name, form) = forms[self.random.below(forms.len())];
            let tree = self.fill(form);
            found.insert(name.to_owned(), tree);
        }
        for (_, key, value) in CONTENT.iter().filter(|(known, ..)| *known == name) {
            found.insert((*key).to_owned(), Tree::leaf(*value));
        }
        Tree::map(found.into_iter().collect())
    }

    fn override_document(&mut self) -> Entries {
        let mut services = Entries::new();
        for name in ["a", "b", "e"] {
            if !self.random.once_in(3) {
                let mut service = self.attributes(name, 1, 6);
                if name == "e" {
                    service.push(("image".to_owned(), Tree::leaf("extra")));
                }
                for (_, value) in &mut service {
                    if self.random.once_in(12) {
                        *value = value.clone().marked("!override");
                    } else if self.random.once_in(20) {
                        *value = Tree::leaf("!reset null");
                    }
                }
                services.push((name.to_owned(), Tree::map(service)));
            }
        }
        if self.random.once_in(8) {
            self.make_odd(&mut services);
        }
        let mut document = vec![("services".to_owned(), Tree::map(services))];
        if self.random.once_in(3) {
            document.extend(self.resources());
        }
        if self.random.once_in(12) {
            let job = self.job();
            document.push(("jobs".to_owned(), Tree::map(vec![("j".to_owned(), job)])));
        }
        document
    }

    fn fill(&mut self, form: Form) -> Tree {
        match form {
            Form::One(values) => self.scalar(values),
            Form::Some(values) => self.items(values),
            Form::OneOrSome(values) if self.random.once_in(2) => self.scalar(values),
            Form::OneOrSome(values) => self.items(values),
            Form::Keys(keys) => {
                let mut found = BTreeMap::new();
                for _ in 0..self.random.between(1, 4) {
                    let (name, form) = keys[self.random.below(keys.len())];
                    let tree = self.fill(form);
                    found.insert(name.to_owned(), tree);
                }
                Tree::map(found.into_iter().collect())
            }
            Form::Names(names, values) => self.references(names, values),
            Form::Pairs(pairs) => self.pairs(pairs),
            Form::Command(words) => {
                let words = self.random.some(words, 1, 4);
                if self.random.once_in(2) {
                    Tree::leaf(format!("\"{}\"", words.join(" ").replace('\'', "")))
                } else {
                    let quoted = words.iter().map(|word| Tree::leaf(format!("\"{word}\"")));
                    Tree::list(quoted.collect())
                }
            }
        }
    }

    fn items(&mut self, values: &[&'static str]) -> Tree {
        let items = self.random.some(values, 1, 3);
        Tree::list(items.into_iter().map(|item| self.templated(item)).collect())
    }

    fn scalar(&mut self, values: &[&'static str]) -> Tree {
        let value = self.random.pick(values);
        self.templated(value)
    }

    fn references(&mut self, names: &[&'static str], values: &[&'static str]) -> Tree {
        let names = self.random.some(names, 1, 2);
        if self.random.once_in(2) {
            return Tree::list(names.into_iter().map(Tree::leaf).collect());
        }
        let entries =
            names.into_iter().map(|name| (name.to_owned(), Tree::leaf(self.random.pick(values))));
        Tree::map(entries.collect())
    }

    fn pairs(&mut self, pairs: &[(&'static str, &'static str)]) -> Tree {
        let keys: Vec<&str> = pairs.iter().map(|(key, _)| *key).collect();
        let keys = self.random.some(&keys, 1, 4);
        let chosen: Vec<_> = pairs.iter().filter(|(key, _)| keys.contains(key)).collect();
        if self.random.once_in(2) {
            let items = chosen.into_iter().map(|(key, value)| match *value {
                "" => Tree::leaf(*key),
                value if value.starts_with('"') => {
                    Tree::leaf(format!("\"{key}={}", value.trim_start_matches('"')))
                }
                value => Tree::leaf(format!("{key}={value}")),
            });
            return Tree::list(items.collect());
        }
        let entries =
            chosen.into_iter().map(|(key, value)| ((*key).to_owned(), self.templated(value)));
        Tree::map(entries.collect())
    }

    /// The value, or a template that may become it.
    fn templated(&mut self, value: &str) -> Tree {
        let plain = !value.is_empty() && !value.contains(['{', '[', '"', '$', '~', '#']);
        if !plain || !self.random.once_in(25) {
            return Tree::leaf(value);
        }
        Tree::leaf(match self.random.below(6) {
            0 => format!("${{UNSET:-{value}}}"),
            1 => format!("\"${{UNSET-{value}}}\""),
            2 => format!("${{SET:+{value}}}"),
            3 => format!("\"${{EMPTY:-{value}}}\""),
            4 => format!("\"${{UNSET:-${{SET:+{value}}}}}\""),
            _ => {
                self.variable("VALUE", value);
                "${VALUE}".to_owned()
            }
        })
    }
}
