//! Input that is refused: exit code 2, a place and a hint, nothing written.

use super::{Folder, SHOP, shop};

/// Converts a compose file and returns the message.
fn refused(text: &str) -> String {
    let folder = Folder::with(&[("docker-compose.yml", text)]);
    let run = folder.run(&["convert", "--env", "staging"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert_eq!(run.out, "");
    assert_eq!(folder.files("").len(), 1, "something was written");
    run.err
}

#[test]
fn tabs_wrong_types_and_unknown_keys_have_a_place() {
    assert!(refused("services:\n\tweb: {}\n").contains("docker-compose.yml:2:1"));
    let unknown = refused(&SHOP.replace("    image: nginx:1.27", "    imag: nginx:1.27"));
    assert!(unknown.contains("docker-compose.yml:4"), "{unknown}");
    assert!(refused(&SHOP.replace("[db]", "7")).contains("docker-compose.yml:9"));
    assert!(refused("just text\n").contains("docker-compose.yml:1:1"));
    assert!(refused("").contains("empty"));
}

#[test]
fn undefined_references_are_refused() {
    let text = refused(&SHOP.replace("[db]", "[dbx]"));
    assert!(text.contains("dbx"), "{text}");
    let text = refused(&SHOP.replace("'data:/", "'dat:/"));
    assert!(text.contains("dat"), "{text}");
}

#[test]
fn an_error_in_a_line_with_a_secret_does_not_show_it() {
    let text =
        refused(&SHOP.replace(
            "POSTGRES_PASSWORD: ${DB_PASSWORD:-hush-hush}",
            "POSTGRES_PASSWORD: [hush-hush]",
        ));
    assert!(!text.contains("hush"), "{text}");
}

#[test]
fn a_missing_file_and_an_unwritable_folder_are_named() {
    let folder = shop();
    let run = folder.run(&["convert", "nope.yml"]);
    assert!(run.code == 2 && run.err.contains("nope.yml"), "{}", run.err);
    folder.write("k8s", "a file");
    let run = folder.run(&["convert"]);
    assert!(run.code == 2 && run.err.contains("k8s"), "{}", run.err);
    assert_eq!(folder.read("k8s"), "a file");
}

#[test]
fn slips_on_the_command_line_are_understood() {
    let folder = shop();
    let run = folder.run(&["convert", "--forec"]);
    assert!(run.code == 2 && run.err.contains("--force"), "{}", run.err);
    let run = folder.run(&["convert", "--env", "stagin"]);
    assert!(run.code == 2 && run.err.contains("did you mean `staging`?"), "{}", run.err);
}

#[test]
fn output_never_goes_into_the_projects_overlays() {
    let folder = shop();
    for args in [&["convert", "-o", "overlays/x"][..], &["convert", "--to", "kustomize", "-o", "."]]
    {
        assert_eq!(folder.run(args).code, 2);
        assert_eq!(folder.files("").len(), 1);
    }
}
