//! Facts about settings: which place wins, what is refused, what environments are called.

use std::collections::BTreeMap;

use super::*;
use crate::{
    catalog::Class,
    compose::{Decode, Decoder, Project},
    load::{Files, Stat},
    text::{Code, Origin, Severity, Sink, Sources},
    yaml,
};

/// Files in memory.
struct Memory(BTreeMap<String, String>);

impl Memory {
    fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        let text = self.0.get(path).ok_or(std::io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }

    fn stat(&self, path: &str) -> Option<Stat> {
        let file = self.0.contains_key(path);
        let folder = self.0.keys().any(|key| key.starts_with(&format!("{path}/")));
        (file || folder).then_some(Stat { folder, file, size: 0, executable: false })
    }

    fn list(&self, path: &str) -> std::io::Result<Vec<String>> {
        let inside = self.0.keys().filter_map(|key| match path {
            "" | "." => Some(key.as_str()),
            _ => key.strip_prefix(path)?.strip_prefix('/'),
        });
        let mut names: Vec<String> =
            inside.filter_map(|rest| rest.split('/').next()).map(str::to_owned).collect();
        names.dedup();
        Ok(names)
    }

    fn working_dir(&self) -> String {
        "/project".to_owned()
    }
}

struct Case<'a> {
    compose: &'a str,
    files: &'a [(&'a str, &'a str)],
    environment: Option<&'a str>,
    flags: Flags,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            compose: "services: {web: {image: web}, db: {image: db}}",
            files: &[],
            environment: None,
            flags: Flags::default(),
        }
    }
}

impl Case<'_> {
    fn run(&self) -> (Option<Resolver>, Sink, Sources) {
        let (mut sources, mut sink) = (Sources::default(), Sink::default());
        let file = sources.add("compose.yaml", self.compose);
        let node = yaml::parse(file, &sources, &mut sink).unwrap();
        let project = Project::decode(&node, &mut Decoder::new(&mut sink));
        assert!(!sink.has_errors(), "{sink:?}");
        let files = Memory::of(self.files);
        let name = self.environment.map(|name| environment_name(name, &files, "", &mut sink));
        let Ok(name) = name.transpose() else { return (None, sink, sources) };
        let resolver =
            Resolver::new(&project, name.as_ref(), &self.flags, &files, &mut sources, &mut sink);
        (resolver.ok(), sink, sources)
    }

    fn resolve(&self) -> Resolver {
        let (resolver, sink, _) = self.run();
        assert_eq!(sink.iter().count(), 0, "{sink:?}");
        resolver.unwrap()
    }

    fn web(&self) -> ServiceSettings {
        (*self.resolve().service("web", Class::Web)).clone()
    }

    /// Codes and messages, with help, of what is wrong.
    fn findings(&self) -> Vec<(Code, String)> {
        let (_, sink, _) = self.run();
        let line = |d: &crate::text::Diagnostic| {
            let help = d.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
            (d.code, format!("{}{help}", d.message))
        };
        sink.iter().map(line).collect()
    }
}

fn set(entries: &[(&str, &str)]) -> Flags {
    let set = entries.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned()));
    Flags { set: set.collect(), ..Flags::default() }
}

const OWN: &str = "overlays/production/environment.yaml";

#[test]
fn nothing_said_is_nothing_set() {
    assert_eq!(Case::default().web(), ServiceSettings::default());
}

#[test]
fn defaults_of_a_class_beat_those_of_all_and_are_weak() {
    let resolver = Case { environment: Some("production"), ..Case::default() }.resolve();
    let web = (*resolver.service("web", Class::Web)).clone();
    let replicas = web.replicas.unwrap();
    assert_eq!((replicas.value, replicas.weak), (2, true));
    assert_eq!(replicas.origin, Origin::Rule("built-in environment `production`"));
    assert_eq!(resolver.service("db", Class::Store).replicas, None);
    assert_eq!(web.secret_mode.unwrap().value, SecretModeSetting::Reference);
    assert_eq!(resolver.environment(), "production");
}

#[test]
fn staging_is_production_in_small() {
    let resolver = Case { environment: Some("test"), ..Case::default() }.resolve();
    let web = (*resolver.service("web", Class::Web)).clone();
    assert_eq!(web.replicas.unwrap().value, 1);
    assert_eq!(web.unpinned_images.unwrap().value, Unpinned::Warn);
    assert_eq!(web.secret_mode.unwrap().value, SecretModeSetting::Reference);
    assert_eq!(resolver.environment(), "staging");
    assert_eq!(resolver.lineage(), ["production", "staging"]);
}

#[test]
fn the_users_defaults_beat_the_built_in_ones() {
    let files = [(OWN, "defaults: {all: {replicas: 4}}")];
    let web = Case { environment: Some("prod"), files: &files, ..Case::default() }.web();
    // The built-in file speaks of class web, but the user's file is the stronger place.
    let replicas = web.replicas.unwrap();
    assert_eq!((replicas.value, replicas.weak), (4, true));
    assert_eq!(replicas.lost, [Origin::Rule("built-in environment `production`")]);
}

#[test]
fn each_place_beats_the_weaker_ones() {
    let compose = "services: {web: {labels: {kompose.controller.type: daemonset}, \
                   x-c2k: {workload: statefulset, replicas: 2}}}\nx-c2k: {replicas: 9}";
    let files = [(OWN, "replicas: 3")];
    let mut case = Case { compose, ..Case::default() };
    let web = case.web();
    assert_eq!(web.workload.unwrap().value, WorkloadKind::StatefulSet);
    assert_eq!(web.replicas.unwrap().value, 2);
    case.files = &files;
    case.environment = Some("production");
    let replicas = case.web().replicas.unwrap();
    // The top level of a stronger place beats a service's entry in a weaker one.
    assert_eq!((replicas.value, replicas.weak), (3, false));
    assert_eq!(replicas.lost.len(), 3);
    case.flags = set(&[("services.web.replicas", "5"), ("replicas", "4")]);
    let replicas = case.web().replicas.unwrap();
    assert_eq!(replicas.value, 5);
    assert_eq!(replicas.origin, Origin::Flag("--set services.web.replicas".to_owned()));
}

#[test]
fn maps_merge_lists_replace_null_gives_way() {
    let compose = "services: {web: {x-c2k: {labels: {a: one, b: two}, sensitive: [A, B], \
                   replicas: 2, resources: {requests: {cpu: 100m, memory: 64Mi}}}}}";
    let files = [(
        OWN,
        "services: {web: {labels: {b: three}, sensitive: [C], replicas: null, \
         resources: {requests: {cpu: 0.5}}}}",
    )];
    let web = Case { compose, files: &files, environment: Some("production"), ..Case::default() };
    let web = web.web();
    let labels: Vec<_> = web.labels.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(labels, [("a", "one"), ("b", "three")]);
    assert_eq!(web.sensitive, ["C"]);
    assert_eq!(web.replicas.unwrap().value, 2);
    let requests = web.resources.requests;
    assert_eq!(requests.cpu.unwrap().value, "0.5");
    assert_eq!(requests.memory.unwrap().value, "64Mi");
}

#[test]
fn variables_are_values_references_or_gone() {
    let compose = "services: {web: {x-c2k: {environment: {A: 1.10, B: {secret: s, key: k}, \
                   C: null, D: {fieldRef: status.podIP}}}}}";
    let environment = Case { compose, ..Case::default() }.web().environment;
    let value = |name: &str| environment[name].value.clone();
    assert_eq!(value("A"), Some(EnvValue::Plain("1.10".to_owned())));
    let (name, key) = ("s".to_owned(), "k".to_owned());
    assert_eq!(value("B"), Some(EnvValue::Secret { name, key }));
    assert_eq!(value("C"), None);
    assert_eq!(value("D"), Some(EnvValue::Field("status.podIP".to_owned())));
}

#[test]
fn short_forms_replace_and_long_forms_refine() {
    let compose = "services: {web: {x-c2k: {image: 'a/b:1', external: db.one}}}";
    let files = [(OWN, "services: {web: {image: {tag: 1.20}, external: {port: 5433}}}")];
    let case = Case { compose, files: &files, environment: Some("production"), ..Case::default() };
    let web = case.web();
    let image = web.image.unwrap().value;
    assert_eq!(image.reference.as_deref(), Some("a/b:1"));
    assert_eq!(image.tag.as_deref(), Some("1.20"));
    let external = web.external.unwrap().value;
    assert_eq!((external.host.as_deref(), external.port), (Some("db.one"), Some(5433)));
    let flags = Flags {
        external: vec![("web".to_owned(), "10.0.0.7:6432".to_owned())],
        ..Flags::default()
    };
    let external = Case { flags, ..case }.web().external.unwrap().value;
    assert_eq!((external.host, external.port), (None, Some(6432)));
    assert_eq!(external.addresses, ["10.0.0.7"]);
}

#[test]
fn a_stronger_probe_replaces_the_action_and_keeps_the_timing() {
    let compose = "services: {web: {x-c2k: {probes: {readiness: {http: {path: /up, port: 80}, \
                   periodSeconds: 7}}}}}";
    let flags = set(&[("services.web.probes", "{readiness: {tcp: 81}, liveness: false}")]);
    let probes = Case { compose, flags, ..Case::default() }.web().probes;
    let readiness = probes.readiness.unwrap().value;
    assert_eq!((readiness.action, readiness.period), (Some(ProbeAction::Tcp(81)), Some(7)));
    assert_eq!(probes.liveness.unwrap().value, Probe::default());
}

#[test]
fn waiting_for_one_dependency_leaves_the_others() {
    let compose = "services: {db: {}, cache: {}, web: {depends_on: {db: {}, cache: {}}, \
                   x-c2k: {waitFor: {db: none}}}}";
    let wait_for = |environment| {
        let case = Case { compose, environment, ..Case::default() };
        case.web().wait_for.unwrap().value
    };
    let each = |entries: &[(&str, Wait)]| {
        let entries = entries.iter().map(|(name, wait)| ((*name).to_owned(), *wait));
        WaitFor::Each(entries.collect())
    };
    assert_eq!(wait_for(None), each(&[("db", Wait::None)]));
    assert_eq!(wait_for(Some("dev")), each(&[("cache", Wait::Ready), ("db", Wait::None)]));
}

#[test]
fn ways_in() {
    let public = |value: &str| {
        Case { flags: set(&[("services.web.public", value)]), ..Case::default() }.web().public
    };
    assert_eq!(public("false").unwrap().value, []);
    assert_eq!(public("true").unwrap().value, [Public::default()]);
    let two = public("[{host: a.example.com}, {port: 81, type: nodeport}]").unwrap().value;
    assert_eq!(two[0].host.as_deref(), Some("a.example.com"));
    assert_eq!((two[1].port, two[1].kind), (Some(81), Some(PublicType::NodePort)));
}

#[test]
fn settings_of_the_project() {
    let compose = "services: {web: {}}\nvolumes: {data: {}}\nx-c2k: {domain: a.example.com, \
                   kubeVersion: 1.30, images: {registry: r.example.com}, volumes: {data: {size: 2Gi}}}";
    let flags =
        Flags { tag: Some("7".to_owned()), namespace: Some("shop".to_owned()), ..Flags::default() };
    let case = Case { compose, flags, ..Case::default() };
    let resolver = case.resolve();
    let project = resolver.project();
    assert_eq!(project.domain.as_ref().unwrap().value, "a.example.com");
    assert_eq!(project.kube_minor, 30);
    assert_eq!(project.images.registry.as_deref(), Some("r.example.com"));
    assert_eq!(project.images.tag.as_deref(), Some("7"));
    let namespace = project.namespace.as_ref().unwrap();
    assert_eq!(namespace.origin, Origin::Flag("--namespace".to_owned()));
    assert_eq!(project.volumes["data"].size.as_ref().unwrap().value, "2Gi");
    assert_eq!(Case::default().resolve().project().kube_minor, 33);
}

#[test]
fn unknown_and_misplaced_keys_are_refused() {
    let found = |value: &str| {
        let files = [(OWN, value)];
        Case { files: &files, environment: Some("production"), ..Case::default() }.findings()
    };
    let unknown = |text: &str| vec![(Code::UnknownSetting, text.to_owned())];
    assert_eq!(
        found("replcas: 2"),
        unknown("unknown setting `replcas` (did you mean `replicas`?)")
    );
    assert_eq!(
        found("resources: {request: {cpu: 1}}"),
        unknown("unknown setting `request` in `resources` (did you mean `requests`?)")
    );
    assert_eq!(
        found("workload: job"),
        unknown(
            "`workload` cannot stand here (`workload` is said of single services: \
             `services.<name>.workload`)"
        )
    );
    let wrong = vec![(
        Code::SettingForUnknown,
        "there is no service `wob` here (did you mean `web`?)".to_owned(),
    )];
    assert_eq!(found("services: {wob: {replicas: 1}}"), wrong);
}

#[test]
fn wrong_values_are_refused() {
    let found = |path: &str, value: &str| {
        Case { flags: set(&[(path, value)]), ..Case::default() }.findings()
    };
    let bad = |text: &str| vec![(Code::BadSetting, text.to_owned())];
    assert_eq!(found("replicas", "many"), bad("`replicas` is not a whole number"));
    assert_eq!(
        found("services.web.class", "stor"),
        bad("`class` is one of `web`, `worker`, `store`, `tool`, `cluster`, not `stor` \
             (did you mean `store`?)")
    );
    assert_eq!(
        found("resources.limits.memory", "512m"),
        bad("`memory` is not a size such as `128Mi` or `2Gi` (in Kubernetes' notation: `512Mi`)")
    );
    assert_eq!(
        found("disruption", "{minAvailable: 1, maxUnavailable: 1}"),
        bad("`minAvailable` and `maxUnavailable` exclude each other")
    );
}

#[test]
fn what_is_not_there_yet_is_refused_by_name() {
    let found = |path: &str, value: &str| {
        Case { flags: set(&[(path, value)]), ..Case::default() }.findings()
    };
    let later = |text: &str| vec![(Code::SettingNotYet, format!("{text} is not available yet"))];
    assert_eq!(found("metrics", "true"), later("`metrics`"));
    assert_eq!(found("backup", "{schedule: daily}"), later("`backup`"));
    assert_eq!(found("platform", "false"), []);
}

#[test]
fn environments_extend_each_other_but_not_in_circles() {
    let files = [
        ("overlays/eu/environment.yaml", "extends: staging\nservices: {web: {replicas: 7}}"),
        ("overlays/berlin/environment.yaml", "extends: eu\nlabels: {city: berlin}"),
        ("overlays/a/environment.yaml", "extends: b"),
        ("overlays/b/environment.yaml", "extends: a"),
        ("overlays/c/environment.yaml", "extends: prodution"),
    ];
    let case = |name| Case { files: &files, environment: Some(name), ..Case::default() };
    let resolver = case("berlin").resolve();
    assert_eq!(resolver.lineage(), ["production", "staging", "eu", "berlin"]);
    let web = (*resolver.service("web", Class::Web)).clone();
    assert_eq!(web.replicas.unwrap().value, 7);
    assert_eq!(web.labels["city"], "berlin");
    assert_eq!(web.unpinned_images.unwrap().value, Unpinned::Warn);
    let cycle = "environments extend each other: a → b → a".to_owned();
    assert_eq!(case("a").findings(), [(Code::EnvironmentCycle, cycle)]);
    let unknown = "no environment is called `prodution` (did you mean `production`?)".to_owned();
    assert_eq!(case("c").findings(), [(Code::UnknownEnvironment, unknown)]);
}

#[test]
fn names_and_aliases() {
    let own =
        [("overlays/test/environment.yaml", ""), ("compose.yaml", ""), ("compose.eu.yml", "")];
    let name = |asked: &str, files: &[(&str, &str)]| {
        let mut sink = Sink::default();
        environment_name(asked, &Memory::of(files), "", &mut sink)
            .map(|name| (name.resolved, name.aliases.join(" ")))
            .map_err(|_| sink.iter().filter_map(|d| d.help.clone()).collect::<String>())
    };
    let is = |resolved: &str, aliases: &str| Ok((resolved.to_owned(), aliases.to_owned()));
    assert_eq!(name("prod", &[]), is("production", "prod"));
    assert_eq!(name("test", &[]), is("staging", "test qa stage"));
    assert_eq!(name("test", &own), is("test", ""));
    assert_eq!(name("staging", &own), is("staging", "qa stage"));
    assert_eq!(name("eu", &own), is("eu", ""));
    assert_eq!(
        name("stagin", &[]),
        Err("did you mean `staging`? There are `dev`, `production`, `staging`".to_owned())
    );
    assert!(name("../etc", &own).is_err());
    assert_eq!(environment_names(&Memory::of(&own), ""), ["test"]);
    assert_eq!(environment_names(&Memory::of(&[]), ""), ["dev", "staging", "production"]);
}

#[test]
fn files_of_the_compose_side() {
    let side = |asked: &str, files: &[(&str, &str)]| {
        let (files, mut sink) = (Memory::of(files), Sink::default());
        let name = environment_name(asked, &files, "", &mut sink).unwrap();
        compose_side(&name, &["compose.yaml".to_owned()], &files, "", &mut sink)
            .map(|side| (side.compose_files, side.env_files))
            .map_err(|_| sink.iter().next().unwrap().code)
    };
    let paths = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let files = [("compose.prod.yml", ""), (".env.production", ""), ("compose.test.yaml", "")];
    assert_eq!(
        side("production", &files),
        Ok((paths(&["compose.prod.yml"]), paths(&[".env.production"])))
    );
    assert_eq!(side("staging", &files), Ok((paths(&[]), paths(&[]))));
    let own = [("compose.test.yaml", ""), ("overlays/test/x", "")];
    assert_eq!(side("test", &own), Ok((paths(&["compose.test.yaml"]), paths(&[]))));
    let two = [("compose.prod.yml", ""), ("compose-production.yaml", "")];
    assert_eq!(side("prod", &two), Err(Code::SeveralEnvironmentFiles));
}

#[test]
fn kompose_labels_are_settings() {
    let compose = "services: {web: {labels: {kompose.service.expose: 'a.example.com/api,b.example.com', \
                   kompose.service.expose.tls-secret: cert, kompose.volume.size: 3Gi, \
                   kompose.cronjob.schedule: '0 * * * *', kompose.image-pull-secret: pull, \
                   kompose.service.healthcheck.readiness.http_get_port: '80', \
                   kompose.service.healthcheck.readiness.interval: 1m10s}}}";
    let resolver = Case { compose, ..Case::default() }.resolve();
    let web = (*resolver.service("web", Class::Web)).clone();
    let public = web.public.unwrap();
    assert_eq!(public.value[0].path.as_deref(), Some("/api"));
    assert_eq!(public.value[1].host.as_deref(), Some("b.example.com"));
    assert_eq!(public.value[1].tls.as_ref().unwrap().secret.as_deref(), Some("cert"));
    assert!(matches!(public.origin, Origin::Input(_)));
    assert_eq!(web.storage.size.unwrap().value, "3Gi");
    assert_eq!(web.workload.unwrap().value, WorkloadKind::CronJob);
    assert_eq!(web.schedule.unwrap().value.cron, "0 * * * *");
    assert_eq!(resolver.project().images.pull_secrets, ["pull"]);
    let readiness = web.probes.readiness.unwrap().value;
    let action = ProbeAction::Http { path: "/".to_owned(), port: 80 };
    assert_eq!((readiness.action, readiness.period), (Some(action), Some(70)));
}

#[test]
fn kompose_labels_that_do_not_fit_are_warnings() {
    let compose = "services: {web: {labels: {kompose.controller.type: replicationcontroller, \
                   kompose.hpa.cpu: half}}}";
    let (resolver, sink, _) = Case { compose, ..Case::default() }.run();
    assert!(resolver.is_some());
    assert_eq!(sink.worst(), Some(Severity::Warning));
    assert_eq!(sink.iter().count(), 2);
}

#[test]
fn the_file_of_init_is_valid_with_and_without_its_comments() {
    let compose = "name: shop\nservices: {web: {ports: [{target: 80}], environment: {A: b}}, db: \
                   {volumes: [{type: volume, source: data, target: /data}]}}\nvolumes: {data: {}}";
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let file = sources.add("compose.yaml", compose);
    let node = yaml::parse(file, &sources, &mut sink).unwrap();
    let project = Project::decode(&node, &mut Decoder::new(&mut sink));
    for name in ["production", "eu"] {
        let text = init_file(name, &project);
        let (prose, example) = text.split_once("# domain:").unwrap();
        let example = format!("# domain:{example}").replace("# ", "");
        let path = format!("overlays/{name}/environment.yaml");
        for text in [text.clone(), format!("{prose}{example}")] {
            let files = [(path.as_str(), text.as_str())];
            Case { compose, files: &files, environment: Some(name), ..Case::default() }.resolve();
        }
    }
}
