//! `c2k explain`.

use super::shop;

#[test]
fn codes_are_listed_and_explained() {
    let folder = shop();
    assert!(folder.run(&["explain"]).out.contains("C2K0407  image is not pinned"));
    assert!(folder.run(&["explain", "c2k0407"]).out.contains("Name a version"));
    assert_eq!(folder.run(&["explain", "C2K9999"]).code, 2);
}

#[test]
fn fields_lead_back_to_the_compose_file() {
    let folder = shop();
    let path = "spec.template.spec.containers[web].image";
    let run = folder.run(&["explain", "deployment/web", path]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("docker-compose.yml:4:"), "{}", run.out);
    assert!(run.out.contains("image: nginx:1.27"), "{}", run.out);
    let typo = folder.run(&["explain", "deployment/wbe"]);
    assert!(typo.code == 2 && typo.err.contains("did you mean `deployment/web`?"), "{}", typo.err);
}

#[test]
fn a_field_names_what_it_comes_from_and_what_it_overrode() {
    let folder = shop();
    folder.write("overlays/production/environment.yaml", "services: {web: {replicas: 3}}\n");
    let explain = |args: &[&str]| {
        let run = folder.run(&[&["explain"], args, &["--env", "production"]].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    };
    let image = explain(&["deployment/web", "spec.template.spec.containers[0].image"]);
    assert!(image.contains("docker-compose.yml:4:"), "{image}");
    let replicas = explain(&["deployment/web", "spec.replicas"]);
    assert!(replicas.contains("overlays/production/environment.yaml:1:"), "{replicas}");
    assert!(replicas.contains("instead of "), "{replicas}");
    let rule = explain(&["deployment/web", "spec.template.spec.enableServiceLinks"]);
    assert!(rule.contains("from what is safe for every pod"), "{rule}");
}
