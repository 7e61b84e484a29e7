//! The report after `c2k convert`, and what it says about losses.

use serde_json::Value;

use super::Folder;

const LOSSY: &str = "\
name: shop
services:
  web:
    image: nginx:1.27
    ports: ['8080:80']
    cpuset: '0,1'
    cpu_shares: 512
    init: true
    environment:
      API_TOKEN: hush-hush-hush
    ulimits: {nofile: 1024}
  db:
    image: postgres:17
    ulimits: {nofile: 1024}
    environment:
      POSTGRES_PASSWORD: geheim-geheim
    volumes: ['data:/var/lib/postgresql/data']
volumes:
  data: {}
";

fn folder() -> Folder {
    Folder::with(&[("compose.yaml", LOSSY)])
}

#[test]
fn the_terminal_says_where_things_went_and_what_was_lost() {
    let run = folder().run(&["convert", "--env", "dev"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let row = |start: &str| {
        let line = run.err.lines().find(|line| line.trim_start().starts_with(start));
        line.unwrap_or_else(|| panic!("no {start} in\n{}", run.err)).to_owned()
    };
    assert!(
        row("web ").contains("Deployment, ConfigMap") || row("web ").contains("Deployment, Se")
    );
    assert!(row("web ").contains("web:80"), "{}", run.err);
    assert!(row("db ").contains("StatefulSet") && row("db ").contains("data (8Gi)"), "{}", run.err);
    for part in [
        "left out\n",
        "  [C2K0402] set them in the image's entrypoint or on the node\n    compose.yaml:11:5: `ulimits` of `web` was left out  | ulimits: {nofile: 1024}\n    compose.yaml:14:5: `ulimits` of `db`",
        "approximated\n",
        "without meaning in a cluster\n",
    ] {
        assert!(run.err.contains(part), "{part} is missing:\n{}", run.err);
    }
}

#[test]
fn strict_turns_losses_into_exit_1_and_quiet_leaves_only_them() {
    let folder = folder();
    assert_eq!(folder.run(&["convert", "--env", "dev", "--strict"]).code, 1);
    let quiet = folder.run(&["convert", "--env", "dev", "--quiet"]);
    assert!(quiet.err.contains("`cpuset` of `web`"), "{}", quiet.err);
    for absent in ["reached at", "without meaning", "`init`"] {
        assert!(!quiet.err.contains(absent), "{absent}:\n{}", quiet.err);
    }
    // Notes are no losses.
    let notes = "services:\n  web:\n    image: nginx:1.27\n    init: true\n";
    let folder = Folder::with(&[("compose.yaml", notes)]);
    let run = folder.run(&["convert", "--env", "dev", "--strict"]);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn a_report_is_written_as_its_name_says() {
    let folder = folder();
    let run = folder.run(&["convert", "--env", "dev", "--report", "report.md"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let page = folder.read("report.md");
    for part in [
        "# shop: from Compose to Kubernetes",
        "## Services: dev",
        "| db | StatefulSet",
        "## Left out",
        "- `cpuset` of `web` was left out (compose.yaml:6:5): ` cpuset: '0,1' `",
        "## Approximated",
    ] {
        assert!(page.contains(part), "{part} is missing:\n{page}");
    }
    folder.run(&["convert", "--env", "dev", "--report", "report.json"]);
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    assert_eq!((&report["version"], &report["project"]), (&1.into(), &"shop".into()));
    let keys = report["environments"][0]["keys"].as_array().unwrap();
    let verdict =
        |key: &str| keys.iter().find(|one| one["key"] == key).map(|one| one["verdict"].clone());
    assert_eq!(verdict("services.web.cpuset"), Some("refused".into()));
    assert_eq!(verdict("services.web.cpu_shares"), Some("approximated".into()));
    assert_eq!(verdict("services.web.image"), Some("mapped".into()));
    assert!(report["losses"].as_array().unwrap().iter().any(|group| {
        group["code"] == "C2K0402" && group["keys"][0]["place"] == "compose.yaml:6:5"
    }));
    for secret in ["hush", "geheim"] {
        assert!(!folder.read("report.json").contains(secret) && !page.contains(secret));
    }
    let wrong = folder.run(&["convert", "--env", "dev", "--report", "report.txt"]);
    assert!(wrong.code == 2 && wrong.err.contains(".md or .json"), "{}", wrong.err);
}

#[test]
fn a_compose_key_is_explained_from_the_contract() {
    let folder = folder();
    let run = folder.run(&["explain", "services.healthcheck"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains(
        "services.healthcheck.interval: mapped\n  container: readinessProbe.periodSeconds"
    ));
    let short = folder.run(&["explain", "healthcheck.interval"]);
    assert!(short.out.starts_with("services.healthcheck.interval: mapped"), "{}", short.out);
    assert!(folder.run(&["explain", "ulimits"]).out.contains("refused"));
    let typo = folder.run(&["explain", "prots"]);
    assert!(typo.code == 2 && typo.err.contains("did you mean `ports`?"), "{}", typo.err);
}
