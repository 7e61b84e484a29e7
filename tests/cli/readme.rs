//! What the README shows is what happens.

use super::Folder;

const README: &str = include_str!("../../README.md");

/// The text of the first fenced block of a language that starts so.
fn block(language: &str, start: &str) -> &'static str {
    let mut fenced = README.split("```").skip(1).step_by(2).filter_map(|block| {
        block.strip_prefix(language)?.strip_prefix('\n').filter(|text| text.starts_with(start))
    });
    fenced.next().unwrap()
}

#[test]
fn the_first_example_prints_what_the_readme_says() {
    let folder = Folder::with(&[("docker-compose.yml", block("yaml", "# docker-compose.yml"))]);
    let console = block("console", "$ c2k convert");
    let (command, shown) = console.split_once('\n').unwrap();
    assert_eq!(command, "$ c2k convert docker-compose.yml --env staging");
    let run = folder.run(&["convert", "docker-compose.yml", "--env", "staging"]);
    assert_eq!(run.code, 0);
    assert_eq!(run.err.trim_end(), shown.trim_end());
    let excerpt = block("yaml", "          env:");
    assert!(folder.read("k8s/staging/web-deployment.yaml").contains(excerpt));
    assert!(
        !folder.files("k8s").values().any(|text| text.windows(8).any(|part| part == b"dev-only"))
    );
}

#[test]
fn the_settings_of_the_readme_are_taken() {
    let folder = Folder::with(&[
        ("docker-compose.yml", block("yaml", "# docker-compose.yml")),
        (
            "overlays/production/environment.yaml",
            block("yaml", "# overlays/production/environment.yaml"),
        ),
    ]);
    let run = folder.run(&["convert", "--env", "production", "--tag", "1.4.2"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(folder.read("k8s/production/db-service.yaml").contains("rds.example.com"));
    assert!(folder.read("k8s/production/web-deployment.yaml").contains("replicas: 3"));
}
