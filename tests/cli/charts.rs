//! Charts: what no chart can hold, what people changed in one, and its package.

use super::{Folder, SHOP, shop};

/// Converts services of these names to a chart.
fn of_services(names: &[&str]) -> super::Run {
    let services: String =
        names.iter().map(|name| format!("  {name}:\n    image: nginx:1.27\n")).collect();
    let folder = Folder::with(&[("compose.yaml", &format!("name: shop\nservices:\n{services}"))]);
    let run = folder.run(&["convert", "--to", "helm"]);
    assert_eq!(folder.files("charts").is_empty(), run.code == 2, "{}", run.err);
    run
}

#[test]
fn services_whose_keys_collide_are_errors_at_their_line() {
    for (names, place, message) in [
        (&["web-1st", "web1st"][..], "compose.yaml:6:5", "services `web-1st` and `web1st` would"),
        (&["my-api", "my_api"], "compose.yaml:6:5", "services `my-api` and `my_api` are both"),
        (&["web", "global"], "compose.yaml:6:5", "service `global` has the key `global`"),
        (&["environment"], "compose.yaml:4:5", "service `environment` has the key `environment`"),
        (&["web", "secrets"], "compose.yaml:6:5", "service `secrets` has the key `secrets`"),
        (&["helper-images"], "compose.yaml:4:5", "`helper-images` has the key `helperImages`"),
        (
            &["extra-objects"],
            "compose.yaml:4:5",
            "service `extra-objects` has the key `extraObjects`",
        ),
        (&["volumes"], "compose.yaml:4:5", "service `volumes` has the key `volumes`"),
        (&["rbac"], "compose.yaml:4:5", "service `rbac` has the key `rbac`"),
    ] {
        let run = of_services(names);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{names:?}: {}", run.err);
        for part in ["error[C2K", place, message, "help: rename "] {
            assert!(run.err.contains(part), "{names:?}: no {part}:\n{}", run.err);
        }
    }
    assert_eq!(of_services(&["my-api", "api-my"]).code, 0);
}

#[test]
fn what_people_change_in_a_chart_stays() {
    let folder = shop();
    let convert = ["convert", "--to", "helm"];
    let first = folder.run(&convert);
    assert_eq!(first.code, 1, "{}", first.err);
    let edited = ["values-production.yaml", "templates/web-deployment.yaml", "values.yaml"]
        .map(|name| format!("charts/shop/{name}"));
    for path in &edited {
        let text = folder.read(path);
        folder.write(path, &format!("# ours\n{text}"));
    }
    folder.write("docker-compose.yml", &SHOP.replace("nginx:1.27", "nginx:1.28"));
    let before: Vec<_> = edited.iter().map(|path| folder.read(path)).collect();
    let again = folder.run(&convert);
    for (path, text) in edited.iter().zip(before) {
        assert_eq!(folder.read(path), text, "{path}");
    }
    // What is generated anew would differ from these only.
    assert!(again.err.contains("charts/shop/values.yaml"), "{}", again.err);
    assert!(folder.read("charts/shop/Chart.yaml").contains("nginx:1.28"));
    assert_eq!(folder.run(&[&convert[..], &["--force"]].concat()).code, first.code);
    assert!(edited.iter().all(|path| !folder.read(path).contains("# ours")));
    assert!(folder.read(&edited[2]).contains("1.28"));
}

#[test]
fn a_package_is_the_same_each_time_and_has_no_secrets() {
    let package = || {
        let folder = shop();
        let args = ["convert", "--to", "helm", "--chart-version", "1.2.3", "--package"];
        let run = folder.run(&args);
        assert!(run.code < 2, "{}", run.err);
        assert!(folder.read("charts/shop/secrets-dev.yaml").contains("hush-hush"));
        folder.files("charts").remove("charts/shop-1.2.3.tgz").unwrap()
    };
    let bytes = package();
    assert_eq!(bytes, package());
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
    let mut names = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        names.push(entry.path().unwrap().display().to_string());
        let mut text = String::new();
        std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
        assert!(!text.contains("hush-hush"), "{names:?}");
    }
    assert_eq!(names.first().map(String::as_str), Some("shop/Chart.yaml"));
    assert!(names.contains(&"shop/values-dev.yaml".to_owned()), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("secrets-") || name.contains("/.c2k")));
}
