//! Conditions in the text of a template.

/// A condition that was opened, or has just been closed.
#[derive(Clone, Copy)]
struct Guard<'t> {
    /// The line that opened it.
    open: &'t str,
    /// Whether another branch may follow.
    single: bool,
}

/// Joins neighbours under the same condition, and those under its opposite by `else`.
pub(super) fn join_guards(text: &str) -> String {
    let mut open: Vec<Guard<'_>> = Vec::new();
    let mut closed: Option<(&str, Guard<'_>)> = None;
    let mut joined = String::new();
    for line in text.lines() {
        let action = line.trim_start();
        let is_if = action.starts_with("{{- if ");
        if let Some((end, guard)) = closed.take() {
            if is_if && line == guard.open {
                open.push(guard);
                continue;
            }
            if is_if && guard.single && is_opposite(line, guard.open) {
                joined.extend([end.trim_end_matches("{{- end }}"), "{{- else }}\n"]);
                open.push(Guard { open: line, single: false });
                continue;
            }
            joined.extend([end, "\n"]);
        }
        if action == "{{- end }}"
            && let Some(guard) = open.pop()
        {
            closed = Some((line, guard));
            continue;
        }
        if is_if || action.starts_with("{{- with ") {
            open.push(Guard { open: line, single: is_if });
        }
        joined.extend([line, "\n"]);
    }
    if let Some((end, _)) = closed {
        joined.extend([end, "\n"]);
    }
    joined
}

fn is_opposite(line: &str, other: &str) -> bool {
    line.contains("{{- if not ") && line.replacen("{{- if not ", "{{- if ", 1) == other
}

/// A condition as an operand of `and` or `or`.
pub(super) fn operand(condition: &str) -> String {
    let simple = !condition.contains(' ') || condition.starts_with('(');
    if simple { condition.to_owned() } else { format!("({condition})") }
}

#[cfg(test)]
mod tests {
    use super::join_guards;

    #[test]
    fn neighbours_under_one_condition_share_it() {
        let text = "a:\n  {{- if .x }}\n  b: 1\n  {{- end }}\n  {{- if .x }}\n  c: 1\n  {{- end }}\n  \
                    {{- if not .x }}\n  d: 1\n  {{- end }}\n  {{- if .y }}\n  e: 1\n  {{- end }}\n";
        let joined = "a:\n  {{- if .x }}\n  b: 1\n  c: 1\n  {{- else }}\n  d: 1\n  {{- end }}\n  \
                      {{- if .y }}\n  e: 1\n  {{- end }}\n";
        assert_eq!(join_guards(text), joined);
    }
}
