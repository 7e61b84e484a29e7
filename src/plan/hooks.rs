//! Commands at points of a container's life.

use super::{
    Draft, InitStep, Posture, Traces, annotations, command, hidden::Hider, sensitive::Judge,
};
use crate::{
    compose::{Hook, Service, Text},
    text::{Code, Diagnostic, Origin, Sink},
};

/// The one command of several hooks: lifecycle handlers have one each, and expand nothing.
pub(crate) fn lifecycle(
    name: &str,
    point: &str,
    hooks: &[Hook],
    (hider, judge): (&Hider, &Judge),
    traces: &mut Traces,
    sink: &mut Sink,
) -> Option<Vec<String>> {
    let (first, rest) = hooks.split_first()?;
    for hook in hooks {
        traces.at(point, hook.span);
    }
    if rest.is_empty() && first.working_dir.is_none() && first.environment.is_empty() {
        return Some(words(first, hider));
    }
    let lines: Vec<String> =
        hooks.iter().map(|hook| script(name, hook, hider, judge, sink)).collect();
    let line = match lines.as_slice() {
        [line] => line.clone(),
        lines => lines.iter().map(|line| format!("({line})")).collect::<Vec<_>>().join(" && "),
    };
    Some(["/bin/sh", "-c", &line].map(str::to_owned).into())
}

/// The hook before the stop, after the pause in which endpoints forget the pod: there is one
/// handler for both, so the pause is a line of the hook's shell.
pub(crate) fn after_pause(
    draft: &Draft,
    command: Vec<String>,
    seconds: i64,
    sink: &mut Sink,
) -> Vec<String> {
    if seconds == 0 {
        return command;
    }
    match command.as_slice() {
        [shell, option, line] if shell.ends_with("sh") && option == "-c" => {
            vec![shell.clone(), option.clone(), format!("sleep {seconds}; {line}")]
        }
        _ => {
            let message = format!(
                "`pre_stop` of `{}` runs without the pause in which others forget the pod",
                draft.name
            );
            let at = draft.service.key("pre_stop");
            let said = Diagnostic::new(Code::Approximated, message).at(at);
            sink.push(said.help("run it by a shell (`command: [sh, -c, …]`), which sleeps first"));
            command
        }
    }
}

/// The command with secrets by their variables.
fn words(hook: &Hook, hider: &Hider) -> Vec<String> {
    let words: Vec<&str> = hook.command.iter().map(Text::as_str).collect();
    hider.exec(&words)
}

/// The command as a line of a shell, with its folder and variables.
fn script(name: &str, hook: &Hook, hider: &Hider, judge: &Judge, sink: &mut Sink) -> String {
    let mut steps = Vec::new();
    if let Some(folder) = &hook.working_dir {
        steps.push(format!("cd {}", command::quote(&folder.value)));
    }
    for (key, value) in open_variables(name, &hook.environment.items, judge, sink) {
        steps.push(format!("export {key}={}", command::quote(&value)));
    }
    let words = words(hook, hider);
    let same = hook.command.iter().map(Text::as_str).eq(words.iter().map(String::as_str));
    steps.push(match words.as_slice() {
        // The words hold a secret, so they are a line of a shell already.
        [shell, _, line] if !same && shell == "/bin/sh" => line.clone(),
        words => words.iter().map(|word| command::quote(word)).collect::<Vec<_>>().join(" "),
    });
    steps.join(" && ")
}

/// A hook's variables; sensitive ones belong to the service, where they become keys of a Secret.
fn open_variables(
    name: &str,
    variables: &[(Text, Option<Text>)],
    judge: &Judge,
    sink: &mut Sink,
) -> Vec<(String, String)> {
    let mut open = Vec::new();
    for (key, value) in variables {
        let Some(value) = value else { continue };
        if annotations::holds_secret(judge, &key.value, &value.value) {
            sink.push(
                Diagnostic::new(
                    Code::LeftOut,
                    format!("variable `{}` of a hook of `{name}` was left out", key.value),
                )
                .at(key.span())
                .help("it looks like a secret: set it in the service's `environment`"),
            );
        } else {
            open.push((key.value.clone(), value.value.clone()));
        }
    }
    open
}

/// The containers that end before the main one starts.
pub(crate) fn before_start(
    name: &str,
    service: &Service,
    (hider, judge): (&Hider, &Judge),
    sink: &mut Sink,
) -> Vec<InitStep> {
    let mut steps = Vec::new();
    for (index, hook) in service.pre_start.iter().enumerate() {
        if !hook.per_replica {
            sink.push(
                Diagnostic::new(
                    Code::Approximated,
                    format!("every pod of `{name}` runs the hook before it starts, not one for all"),
                )
                .at(hook.span)
                .help("what must run once is a service of its own that others wait for with `service_completed_successfully`"),
            );
        }
        let own_image = hook.image.as_ref().filter(|image| Some(*image) != service.image.as_ref());
        let folder = hook.working_dir.as_ref().or(service.working_dir.as_ref());
        steps.push(InitStep {
            name: super::joined_name("before-start", &(index + 1).to_string()),
            image: own_image.map(|image| image.value.clone()),
            command: hider.arguments(&hook.command),
            working_dir: folder.map(|folder| folder.value.clone()),
            env: open_variables(name, &hook.environment.items, judge, sink),
            posture: posture(name, hook, sink),
            origin: Origin::Input(hook.span),
        });
    }
    steps
}

fn posture(name: &str, hook: &Hook, sink: &mut Sink) -> Posture {
    let mut posture =
        Posture { privileged: hook.privileged, escalation: hook.privileged, ..Posture::default() };
    if let Some(user) = &hook.user {
        match super::posture::user_and_group(&user.value) {
            Some((uid, gid)) => (posture.user, posture.group) = (Some(uid), gid),
            None => sink.push(super::posture::named_user(name, user)),
        }
    }
    posture
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{Decode, Entries};

    fn hook(words: &[&str]) -> Hook {
        Hook { command: words.iter().map(|word| Text::bare(*word)).collect(), ..Hook::absent() }
    }

    fn planned(hooks: &[Hook]) -> Option<Vec<String>> {
        let secrets = [("PW".to_owned(), "hunter22hunter".to_owned())];
        let known = crate::plan::known::Known::with(&["hunter22hunter"]);
        let hider = Hider { secrets: &secrets, known: &known };
        let (mut traces, mut sink) = (Traces::default(), Sink::default());
        let settings = crate::settings::ServiceSettings::default();
        let judge = Judge { facts: None, settings: &settings, known: &known };
        lifecycle("web", "post_start", hooks, (&hider, &judge), &mut traces, &mut sink)
    }

    #[test]
    fn one_hook_is_its_command_and_several_are_joined() {
        assert_eq!(planned(&[]), None);
        assert_eq!(planned(&[hook(&["echo", "$(x)"])]).unwrap(), ["echo", "$(x)"]);
        let mut second = hook(&["login", "hunter22hunter"]);
        second.working_dir = Some(Text::bare("/w d"));
        second.environment = Entries::new(vec![
            (Text::bare("A"), Some(Text::bare("b c"))),
            (Text::bare("DB_PASSWORD"), Some(Text::bare("geheim77"))),
        ]);
        assert_eq!(
            planned(&[hook(&["echo", "a b"]), second]).unwrap(),
            ["/bin/sh", "-c", "(echo 'a b') && (cd '/w d' && export A='b c' && login \"${PW}\")"]
        );
    }
}
