//! Every kind of problem is said by some input, with its code.

use c2k::text::Code;

use super::Folder;

/// A compose file of one service with more attributes.
fn web(more: &str) -> String {
    format!("services:\n  web:\n    image: nginx:1.27\n{more}")
}

/// The file of an environment's own patches.
fn patched(text: &str) -> Vec<(&'static str, String)> {
    vec![("overlays/dev/kustomization.yaml", text.to_owned())]
}

/// Codes with the project that shows them: its compose file, other files, further arguments.
#[allow(clippy::type_complexity)]
fn cases() -> Vec<(Code, String, Vec<(&'static str, String)>, &'static [&'static str])> {
    use Code::*;
    let plain = web("");
    let aliases: String = (1..12)
        .map(|level| {
            let before = format!("*a{}", level - 1);
            format!("x-{level}: &a{level} [{}]\n", [before.as_str(); 12].join(", "))
        })
        .collect();
    let growth: String = (1..12)
        .map(|level| {
            format!("A{level}=${{A{0}}}${{A{0}}}${{A{0}}}${{A{0}}}${{A{0}}}${{A{0}}}\n", level - 1)
        })
        .collect();
    let deep = format!("x-deep: {}{}\n{plain}", "[".repeat(2000), "]".repeat(2000));
    vec![
        (FileUnreadable, String::new(), vec![], &["-f", "nope.yaml"]),
        (NotUtf8, plain.clone(), vec![], &["-f", "latin.yaml"]),
        (NoComposeFile, String::new(), vec![], &[]),
        (SeveralComposeFiles, plain.clone(), vec![("docker-compose.yml", plain.clone())], &[]),
        (OutputRefused, plain.clone(), vec![("out", "a file".into())], &["-o", "out"]),
        (BadArgument, plain.clone(), vec![], &["--env", "dev", "--to", "kustomize", "-o", "-"]),
        (YamlSyntax, "services: {web: [}".into(), vec![], &[]),
        (DuplicateKey, web("    image: nginx:1.28\n"), vec![], &[]),
        (UnknownAlias, web("    labels: *none\n"), vec![], &[]),
        (AliasBomb, format!("x-0: &a0 [x, x]\n{aliases}{plain}"), vec![], &[]),
        (BadMergeKey, web("    <<: 7\n"), vec![], &[]),
        (NonStringKey, web("    environment: {7: x}\n    [a]: b\n"), vec![], &[]),
        (TopLevelNotMapping, "- web\n".into(), vec![], &[]),
        (TooDeep, deep, vec![], &[]),
        (DotenvSyntax, plain.clone(), vec![(".env", "A*B=1\n".into())], &[]),
        (InterpolationSyntax, web("    command: ${A\n"), vec![], &[]),
        (VariableRequired, web("    command: ${A:?say it}\n"), vec![], &[]),
        (VariableUnset, web("    command: run $A\n"), vec![], &[]),
        (CastFailed, web("    privileged: ${A:-maybe}\n"), vec![], &[]),
        (OldBoolean, web("    privileged: ${A:-yes}\n"), vec![], &[]),
        (Schema, web("    ports: 80\n"), vec![], &[]),
        (UnknownKey, web("    prots: [80]\n"), vec![], &[]),
        (
            CannotMerge,
            web("    ports: [80]\n"),
            vec![("b.yaml", "services: {web: {ports: {a: 1}}}".into())],
            &["-f", "compose.yaml", "-f", "b.yaml"],
        ),
        (ExtendsNotFound, web("    extends: {service: base}\n"), vec![], &[]),
        (ExtendsCycle, web("    extends: {service: web}\n"), vec![], &[]),
        (IncludeCycle, format!("include: [compose.yaml]\n{plain}"), vec![], &[]),
        (RemoteFile, format!("include: ['https://github.com/a/b.git']\n{plain}"), vec![], &[]),
        (BadValue, web("    ports: ['a:b:c:d']\n"), vec![], &[]),
        (Inconsistent, web("    networks: [none-such]\n"), vec![], &[]),
        (EnvFileMissing, web("    env_file: none.env\n"), vec![], &[]),
        (
            DependencyCycle,
            web("    depends_on: [db]\n  db: {image: postgres:17, depends_on: [web]}\n"),
            vec![],
            &[],
        ),
        (BadProjectName, plain.clone(), vec![], &["-p", "My Shop"]),
        (EmptyProject, String::new(), vec![], &["-f", "empty.yaml"]),
        (
            TooLarge,
            web("    command: ${A11}\n"),
            vec![(".env", format!("A0=xxxxxx\n{growth}"))],
            &[],
        ),
        (CommandCut, web("    command: echo a; echo b\n"), vec![], &[]),
        (SilentlyIgnored, web("    mem_limit: 1.5\n"), vec![], &[]),
        (Obsolete, format!("version: '3'\n{plain}"), vec![], &[]),
        (UnknownSetting, web("    x-c2k: {replica: 2}\n"), vec![], &[]),
        (BadSetting, web("    x-c2k: {replicas: many}\n"), vec![], &[]),
        (UnknownEnvironment, plain.clone(), vec![], &["--env", "nope"]),
        (
            EnvironmentCycle,
            plain.clone(),
            vec![("overlays/a/environment.yaml", "extends: a\n".into())],
            &["--env", "a"],
        ),
        (
            SeveralEnvironmentFiles,
            plain.clone(),
            vec![
                ("overlays/a/environment.yaml", "{}\n".into()),
                ("overlays/a/environment.yml", "{}\n".into()),
            ],
            &["--env", "a"],
        ),
        (SettingForUnknown, plain.clone(), vec![], &["--set", "services.wbe.replicas=1"]),
        (Approximated, web("    user: nobody\n"), vec![], &[]),
        (LeftOut, web("    cpuset: '0'\n"), vec![], &[]),
        (NameChanged, "services: {my_web: {image: 'nginx:1.27'}}".into(), vec![], &[]),
        (
            NameCollision,
            "services: {a_b: {image: 'nginx:1.27'}, a-b: {image: 'nginx:1.27'}}".into(),
            vec![],
            &[],
        ),
        (
            ServiceLeftOut,
            "services: {a: {image: 'portainer/portainer-ce:2.21.0'}}".into(),
            vec![],
            &[],
        ),
        (NoImage, "services: {a: {build: .}}".into(), vec![], &[]),
        (UnpinnedImage, "services: {a: {image: nginx}}".into(), vec![], &["--env", "staging"]),
        (HostPath, web("    volumes: ['/etc/none/such:/srv']\n"), vec![], &[]),
        (
            DevelopmentMount,
            web("    build: .\n    volumes: ['.:/app']\n"),
            vec![("Dockerfile", "FROM scratch\n".into())],
            &[],
        ),
        (BindUnreadable, web("    volumes: ['./none.conf:/etc/none.conf']\n"), vec![], &[]),
        (
            BindTooLarge,
            web("    volumes: ['./big.conf:/etc/big.conf']\n"),
            vec![("big.conf", "x".repeat(1_100_000))],
            &[],
        ),
        (
            MustExist,
            format!(
                "{}volumes: {{data: {{external: true}}}}\n",
                web("    volumes: ['data:/data']\n")
            ),
            vec![],
            &[],
        ),
        (
            SharedVolume,
            format!(
                "{}  b: {{image: 'nginx:1.27', volumes: ['data:/data']}}\nvolumes: {{data: {{}}}}\n",
                web("    volumes: ['data:/data']\n")
            ),
            vec![],
            &[],
        ),
        (DatabaseWithoutVolume, "services: {db: {image: 'postgres:17'}}".into(), vec![], &[]),
        (
            DanglingHost,
            web(
                "    environment: {API: 'http://api:80'}\n  api: {image: 'nginx:1.27', x-c2k: {enabled: false}}\n",
            ),
            vec![],
            &[],
        ),
        (Refused, "services: {a: {provider: {type: x}}}".into(), vec![], &[]),
        (PortNotNumber, web("    expose: ['1-900']\n"), vec![], &[]),
        (
            StoreInCluster,
            "services: {db: {image: 'postgres:17'}}".into(),
            vec![],
            &["--env", "production"],
        ),
        (
            NoRequest,
            plain.clone(),
            vec![("overlays/dev/environment.yaml", "autoscale: {max: 3}".into())],
            &["--env", "dev"],
        ),
        (
            StoreWork,
            "services: {db: {image: 'postgres:17', environment: {POSTGRES_DB: app}}}".into(),
            vec![],
            &["--external", "db=db.example.com"],
        ),
        (
            SeveralOfOne,
            "services: {db: {image: 'postgres:17', x-c2k: {replicas: 3}}}".into(),
            vec![],
            &[],
        ),
        (
            DebugSetting,
            "services: {web: {image: 'nginx:1.27', environment: {DEBUG: 'true'}}}".into(),
            vec![],
            &["--env", "production"],
        ),
        (SecurityLevelMissed, plain.clone(), vec![], &["--set", "securityLevel=restricted"]),
        (PatchInvalid, plain.clone(), patched("patches: [{patch: '[]'}]"), &["--env", "dev"]),
        (
            PatchMatchesNothing,
            plain.clone(),
            patched("images: [{name: x, newTag: '1'}]"),
            &["--env", "dev"],
        ),
        (KustomizeUnsupported, plain.clone(), patched("namePrefix: a-"), &["--env", "dev"]),
        (KustomizationInvalid, plain.clone(), patched("nmespace: a"), &["--env", "dev"]),
        (
            PatchedInvalid,
            plain.clone(),
            patched(
                "patches: [{target: {kind: Deployment}, patch: '- {op: add, path: /spec/x, value: 1}'}]",
            ),
            &["--env", "dev"],
        ),
    ]
}

#[test]
fn every_problem_is_said_with_its_code() {
    let mut wrong = Vec::new();
    let missing = |code: &&Code| !cases().iter().any(|(known, ..)| known == *code);
    // Shown by tests of their own.
    let elsewhere = [
        Code::NoSuchService,
        Code::SettingNotYet,
        Code::FileTooLarge,
        Code::ChangedByHand,
        Code::ClaimLost,
        Code::SwarmOnly,
    ];
    let unshown: Vec<_> =
        Code::ALL.iter().filter(missing).filter(|code| !elsewhere.contains(code)).collect();
    assert!(unshown.is_empty(), "no input shows {unshown:?}");
    for (code, compose, files, arguments) in cases() {
        let folder = Folder::with(&[]);
        if !compose.is_empty() {
            folder.write("compose.yaml", &compose);
        }
        for (path, text) in &files {
            folder.write(path, text);
        }
        folder.write_bytes("latin.yaml", b"services: {web: {image: '\xe9'}}\n");
        folder.write("empty.yaml", "");
        let run = folder.run_with(&[&["convert"], arguments].concat(), &[("PATH", "/bin")]);
        if !run.err.contains(&format!("[{}]", code.id())) {
            wrong.push(format!("{code:?} ({}): {}", code.id(), run.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
