use super::*;
use crate::load::Memory;

const COMPOSE: &str = "name: shop\nservices:\n  web:\n    image: nginx:1.27\n    ports: ['8080:80']\n    environment: {TOKEN: hush-hush, MODE: fast}\n";

fn request(environments: &[&str], target: Target) -> Request {
    let environments = environments.iter().map(|&name| name.to_owned()).collect();
    Request { environments, target, ..Request::default() }
}

fn files() -> Memory {
    Memory::new("/shop").with("compose.yaml", COMPOSE)
}

#[test]
fn manifests_without_an_environment_are_the_base() {
    let outcome = convert(&request(&[], Target::Manifests), &files());
    let bundle = outcome.bundle.unwrap();
    assert_eq!((bundle.project.as_str(), bundle.environments.len()), ("shop", 0));
    assert!(bundle.base.objects.iter().any(|object| object.kind() == "Deployment"));
    assert_eq!(bundle.base.secret_mode, SecretMode::Literal);
}

#[test]
fn trees_have_a_base_without_secrets_and_all_environments() {
    let outcome = convert(&request(&[], Target::Kustomize), &files());
    let bundle = outcome.bundle.unwrap();
    let names: Vec<_> = bundle.environments.iter().map(|one| one.environment.as_str()).collect();
    assert_eq!(names, ["dev", "staging", "production"]);
    assert!(bundle.base.objects.iter().all(|object| object.kind() != "Secret"));
    assert!(bundle.base.secrets.iter().any(|secret| secret.keys == ["TOKEN"]));
}

#[test]
fn override_files_are_for_development() {
    let files = files()
        .with("compose.override.yaml", "services: {web: {environment: {MODE: slow}}}")
        .with("compose.staging.yaml", "services: {web: {environment: {MODE: stage}}}");
    let outcome = convert(&request(&["dev", "stage"], Target::Manifests), &files);
    let mode = |planned: &Planned| {
        let web = planned.app.services.first().and_then(|service| service.workload.as_ref());
        web.and_then(|web| web.config.first()).map(|(_, value, _)| value.clone())
    };
    let modes: Vec<_> = outcome.planned.iter().filter_map(mode).collect();
    assert_eq!(modes, ["slow", "stage"]);
    assert_eq!(outcome.left_out.unwrap().1, ["staging"]);
}

#[test]
fn a_project_that_is_not_there_is_an_error() {
    let outcome = convert(&request(&["prod"], Target::Helm), &Memory::new("/shop"));
    assert!(outcome.bundle.is_none());
    assert!(outcome.sink.has_errors());
}

#[test]
fn several_wrong_environments_are_all_named() {
    let outcome = convert(&request(&["stagin", "prdo"], Target::Manifests), &files());
    assert_eq!(outcome.sink.iter().count(), 2);
}
