use super::{Loaded, Memory, Options, load};
use crate::text::{Code, Failed, Sink, Sources};

fn loaded(files: &Memory, options: &Options) -> (Result<Loaded, Failed>, Vec<Code>, Sources) {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let loaded = load(files, options, &mut sources, &mut sink);
    (loaded, sink.iter().map(|diagnostic| diagnostic.code).collect(), sources)
}

#[test]
fn values_know_where_they_come_from() {
    let files = Memory::new("/p")
        .with("compose.yaml", "services:\n  a:\n    image: x:${TAG}\n    env_file: a.env\n    extends: {file: b.yaml, service: b}\n")
        .with("b.yaml", "services:\n  b:\n    hostname: h\n")
        .with(".env", "TAG=1.2\n")
        .with("a.env", "KEY=value\n");
    let (loaded, codes, sources) = loaded(&files, &Options::default());
    let loaded = loaded.unwrap();
    assert_eq!(codes, []);
    let service = loaded.tree.get("services").unwrap().get("a").unwrap();
    let image = service.get("image").unwrap();
    assert_eq!(image.as_str(), Some("x:1.2"));
    let crate::yaml::Part::Variable { span, .. } = &image.template.as_ref().unwrap().parts[1]
    else {
        panic!("no variable")
    };
    assert_eq!(sources.location(*span).as_deref(), Some(".env:1:1"));
    let key = service.get("environment").unwrap().get("KEY").unwrap();
    assert_eq!(sources.location(key.span).as_deref(), Some("a.env:1:1"));
    assert!(matches!(key.chain[..], [crate::yaml::Link::EnvFile(_)]));
    let hostname = service.get("hostname").unwrap();
    assert!(matches!(hostname.chain[..], [crate::yaml::Link::Extends(_)]));
    assert_eq!(loaded.files, ["/p/.env", "/p/compose.yaml", "/p/b.yaml", "/p/a.env"]);
    assert_eq!(sources.hidden().len(), 2);
}

#[test]
fn environment_files_and_overrides_in_order() {
    let files = Memory::new("/p/sub")
        .with("/p/compose.yaml", "name: ${NAME}\nservices: {a: {image: '$A$B$C'}}\n")
        .with("/p/compose.override.yaml", "services: {a: {hostname: o}}\n")
        .with("/p/compose.staging.yaml", "services: {a: {user: u}}\n")
        .with("/p/.env", "A=p\nB=p\nNAME=My.App\n")
        .with("/p/sub/.env", "B=sub\n")
        .with("/p/.env.staging", "A=staging\nC=staging\n");
    let mut options = Options {
        more_files: vec!["../compose.staging.yaml".to_owned()],
        more_env_files: vec!["../.env.staging".to_owned()],
        environment: [("C".to_owned(), "process".to_owned())].into(),
        ..Options::default()
    };
    let service = |options: &Options| {
        let loaded = loaded(&files, options).0.unwrap();
        assert_eq!((loaded.name.as_str(), loaded.project_dir.as_str()), ("myapp", "/p"));
        loaded.tree.get("services").unwrap().get("a").unwrap().clone()
    };
    let a = service(&options);
    assert_eq!(a.get("image").unwrap().as_str(), Some("stagingsubprocess"));
    assert!(a.get("hostname").is_none() && a.get("user").is_some());
    options.discover_override = true;
    assert!(service(&options).get("hostname").is_some());
}

#[test]
fn circles_and_bombs_end() {
    for (compose, want) in [
        ("include: [compose.yaml]\n", Code::IncludeCycle),
        ("include: [git@example.com:x.git]\n", Code::RemoteFile),
        ("include: [deep.yaml]\n", Code::TooLarge),
        ("services: {a: {extends: b}, b: {extends: a}}\n", Code::ExtendsCycle),
        ("services: {a: {extends: {file: compose.yaml, service: a}}}\n", Code::ExtendsCycle),
        ("services: {a: {extends: bb}, bc: {image: x}}\n", Code::ExtendsNotFound),
        ("- a\n", Code::TopLevelNotMapping),
        ("# nothing\n", Code::EmptyProject),
        ("services: {a: {image: '${X:?no}'}}\n", Code::VariableRequired),
    ] {
        let twice = "include: [next/compose.yaml, ./next/../next/compose.yaml]\n";
        let mut files = Memory::new("/p").with("compose.yaml", compose);
        let mut path = "/p".to_owned();
        files.add("deep.yaml", twice);
        for _ in 0..40 {
            path.push_str("/next");
            files.add(&format!("{path}/compose.yaml"), twice);
        }
        files.add(&format!("{path}/next/compose.yaml"), "services: {}\n");
        let (result, codes, _) = loaded(&files, &Options::default());
        assert!(result.is_err());
        assert_eq!(codes, [want], "{compose}");
    }
}

#[test]
fn profiles_and_selection() {
    let files = Memory::new("/p").with(
        "compose.yaml",
        "services: {a: {image: x, depends_on: [b]}, b: {image: x}, c: {image: x}, \
         d: {image: x, profiles: [dbg]}}\n",
    );
    let names = |options: &Options| {
        let loaded = loaded(&files, options).0.unwrap();
        let names = |node: &crate::yaml::Node| -> Vec<String> {
            node.as_map().unwrap().iter().map(|entry| entry.key.name.clone()).collect()
        };
        (names(loaded.tree.get("services").unwrap()).join(""), names(&loaded.disabled).join(""))
    };
    let options = |profiles: &[&str], services: &[&str]| Options {
        profiles: profiles.iter().map(|name| (*name).to_owned()).collect(),
        services: services.iter().map(|name| (*name).to_owned()).collect(),
        ..Options::default()
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(names(&options(&[], &[])), pair("abc", "d"));
    assert_eq!(names(&options(&["*"], &[])), pair("abcd", ""));
    assert_eq!(names(&options(&[], &["a"])), pair("ab", "d"));
    assert_eq!(names(&options(&[], &["d"])), pair("d", ""));
}

#[test]
fn no_value_of_a_variable_is_said() {
    let files = Memory::new("/p")
        .with("compose.yaml", "services: {a: {image: x, scale: '${N}', init: '${N}'}}\n")
        .with(".env", "N=hunter2\n");
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    assert!(load(&files, &Options::default(), &mut sources, &mut sink).is_err());
    assert_eq!(sink.iter().count(), 2);
    assert!(sink.iter().all(|one| !format!("{one:?}").contains("hunter2")));
}
