//! The page about environments is what happens, command by command.

use super::{Folder, Run};

const PAGE: &str = include_str!("../../docs/environments.md");

#[test]
fn every_command_of_the_page_does_what_it_says() {
    let folder = Folder::with(&[]);
    let mut commands = 0;
    for block in PAGE.split("```").skip(1).step_by(2) {
        let (language, text) = block.split_once('\n').unwrap();
        match language {
            "yaml" => {
                let (path, text) = text.split_once('\n').unwrap();
                folder.write(path.strip_prefix("# ").unwrap(), text);
            }
            "console" => commands += console(&folder, text),
            other => panic!("a block of {other}"),
        }
    }
    assert!(commands > 15, "{commands}");
}

/// Runs the commands of a block; every line below one has to be in what it prints.
fn console(folder: &Folder, text: &str) -> usize {
    let mut commands = 0;
    let mut printed = String::new();
    for line in text.lines() {
        let Some(command) = line.strip_prefix("$ ") else {
            assert!(printed.contains(line.trim()), "`{line}` is not in\n{printed}");
            continue;
        };
        commands += 1;
        let (command, exit) = command.split_once("# exit ").unwrap_or((command, "0"));
        let words: Vec<&str> = command.split_whitespace().collect();
        printed = match words.split_first().unwrap() {
            (&"c2k", args) => {
                let Run { code, out, err } = folder.run(args);
                assert_eq!(code.to_string(), exit, "{command}\n{err}");
                out + &err
            }
            (&"cat", [path]) => folder.read(path),
            other => panic!("{other:?}"),
        };
    }
    commands
}
