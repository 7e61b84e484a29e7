use super::*;

fn read(text: &str) -> Result<Vec<(String, String)>, Diagnostic> {
    let mut around = Variables::new();
    around.insert("SET".into(), Variable { value: "outer".into(), span: Span::NONE });
    let (mut usage, mut sink) = (Usage::default(), Sink::default());
    let layers = [&around];
    let found = Parser::new((FileId(0), text), (&layers, Variables::new()), &mut usage, &mut sink)
        .definitions()?;
    Ok(found.into_iter().map(|found| (found.name, found.value)).collect())
}

#[test]
fn statements() {
    for (text, want) in [
        ("A=b", "A=b"),
        ("\u{feff}export A = b # c\r\nB=2", "A=b;B=2"),
        ("A=a#b\nB=x\t#y", "A=a#b;B=x\t#y"),
        ("A='$SET \\' \\n'", "A=$SET ' \\n"),
        ("A=\"$SET\\n\\\"\\$X\"", "A=outer\n\"$X"),
        ("A=1\nB=${A}2\nSET=in\nC=$SET", "A=1;B=12;SET=in;C=outer"),
        ("SET\nNONE\nA: x", "SET=outer;A=x"),
        ("A=\"one\r\ntwo\"\nB=", "A=one\ntwo;B="),
        ("NONE", ""),
    ] {
        let pairs = read(text).unwrap();
        let shown: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(shown.join(";"), want, "{text:?}");
    }
}

#[test]
fn errors_show_no_values() {
    for (text, want) in [
        ("A B=secret", "key cannot contain a space"),
        ("A*B=secret", "unexpected character `*` in variable name"),
        ("A='secret", "unterminated quoted value"),
        ("A=secret${", "invalid interpolation in a value"),
    ] {
        assert_eq!(read(text).unwrap_err().message, want, "{text}");
    }
}

#[test]
fn raw_lines_are_verbatim() {
    let (mut usage, mut sink) = (Usage::default(), Sink::default());
    let parser = Parser::new(
        (FileId(0), " A='x' $Y \n#c\nB=\n"),
        (&[], Variables::new()),
        &mut usage,
        &mut sink,
    );
    let found = parser.raw().unwrap();
    let pairs: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
    assert_eq!(pairs, [("A", "'x' $Y "), ("B", "")]);
}
