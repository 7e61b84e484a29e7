//! A kube-apiserver with its etcd on loopback, and its judgement on objects.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::TcpListener,
    path::Path,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use tempfile::TempDir;
use ureq::{Agent, http::Response, tls::TlsConfig};

use crate::{
    Result, context, files,
    judges::Judges,
    objects::{self, Object},
    process::Server,
};

const TOKEN: &str = "judge";

/// Where objects go that name no namespace.
const NAMESPACE: &str = "judge";

/// A running API server.
pub struct ApiServer {
    agent: Agent,
    address: String,
    kinds: BTreeMap<(String, String), Resource>,
    namespaces: Mutex<BTreeSet<String>>,
    // Ended in this order: the API server first, then its store, then their folder.
    _api: Server,
    _etcd: Server,
    folder: TempDir,
}

/// How the objects of a kind are addressed.
struct Resource {
    path: String,
    namespaced: bool,
}

/// What the API server says of one object.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It would be created; the warnings that come with it.
    Accepted(Vec<String>),
    /// It would not be created, and why.
    Refused(String),
}

impl ApiServer {
    /// Starts an API server in a temporary folder and waits until it is ready.
    pub fn start(judges: &Judges) -> Result<Self> {
        let folder = files::temporary()?;
        let [clients, peers, secure] = free_ports()?;
        let store = format!("http://127.0.0.1:{clients}");
        let etcd = start_etcd(judges, folder.path(), &store, peers)?;
        let api = start_apiserver(judges, folder.path(), &store, secure)?;
        let mut server = Self {
            agent: agent(),
            address: format!("https://127.0.0.1:{secure}"),
            kinds: BTreeMap::new(),
            namespaces: Mutex::default(),
            _api: api,
            _etcd: etcd,
            folder,
        };
        server.await_ready()?;
        for definition in &judges.definitions {
            server.define(definition)?;
        }
        server.discover()?;
        server.create_namespace(NAMESPACE, "privileged")?;
        Ok(server)
    }

    /// Writes a file by which helm reaches the server.
    pub fn kubeconfig(&self, file: &Path) -> Result {
        let text = serde_json::json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "judge", "cluster": {
                "server": self.address, "insecure-skip-tls-verify": true,
            }}],
            "users": [{"name": "judge", "user": {"token": TOKEN}}],
            "contexts": [{"name": "judge", "context": {"cluster": "judge", "user": "judge"}}],
            "current-context": "judge",
        });
        files::write(file, text.to_string().as_bytes())
    }

    fn await_ready(&self) -> Result {
        let start = Instant::now();
        while start.elapsed() < Duration::from_mins(1) {
            if self.get("/readyz").is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err(format!(
            "the API server does not start:\n{}\n{}",
            last_lines(&self.folder.path().join("apiserver.log")),
            last_lines(&self.folder.path().join("etcd.log"))
        ))
    }

    /// Lets the server know a kind of custom resource.
    fn define(&self, definition: &Path) -> Result {
        const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let text = context(fs::read_to_string(definition), definition.display())?;
        let mut response = self.post(DEFINITIONS, &text)?;
        if !response.status().is_success() {
            return Err(refusal(&mut response));
        }
        let body = context(response.body_mut().read_to_string(), definition.display())?;
        let made: Value = context(serde_json::from_str(&body), definition.display())?;
        let name = objects::at(&made, &["metadata", "name"]).and_then(Value::as_str);
        let path = format!("{DEFINITIONS}/{}", name.unwrap_or_default());
        let start = Instant::now();
        while start.elapsed() < Duration::from_mins(1) {
            let now = self.get(&path)?;
            let mut conditions = objects::list(&now, &["status", "conditions"]).iter();
            if conditions.any(|one| text_of(one) == ("Established", "True")) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(format!("{} is not established", definition.display()))
    }

    /// Learns the path of every kind.
    fn discover(&mut self) -> Result {
        let mut versions = vec![("v1".to_owned(), "/api/v1".to_owned())];
        let groups = self.get("/apis")?;
        for group in objects::list(&groups, &["groups"]) {
            for version in objects::list(group, &["versions"]) {
                let version = text(version, "groupVersion");
                versions.push((version.to_owned(), format!("/apis/{version}")));
            }
        }
        for (version, path) in versions {
            let resources = self.get(&path)?;
            for resource in objects::list(&resources, &["resources"]) {
                self.learn(&version, &path, resource);
            }
        }
        Ok(())
    }

    fn learn(&mut self, version: &str, path: &str, resource: &Value) {
        let name = text(resource, "name");
        // `deployments/scale` is a part of a kind, not a kind.
        if !name.contains('/') {
            let namespaced = resource.get("namespaced") == Some(&Value::Bool(true));
            let known = Resource { path: format!("{path}/{{}}{name}"), namespaced };
            self.kinds.insert((version.to_owned(), text(resource, "kind").to_owned()), known);
        }
    }

    fn get(&self, path: &str) -> Result<Value> {
        let request = self.agent.get(format!("{}{path}", self.address));
        let response = request.header("authorization", format!("Bearer {TOKEN}")).call();
        let mut response = context(response, path)?;
        let body = context(response.body_mut().read_to_string(), path)?;
        if !response.status().is_success() {
            return Err(format!("{path}: {}", response.status()));
        }
        Ok(serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    fn post(&self, path: &str, body: &str) -> Result<Response<ureq::Body>> {
        let request = self.agent.post(format!("{}{path}", self.address));
        let request = request.header("authorization", format!("Bearer {TOKEN}"));
        context(request.content_type("application/yaml").send(body), path)
    }

    /// Creates a namespace for real, since nothing can be created in one that does not exist.
    fn create_namespace(&self, name: &str, level: &str) -> Result {
        let mut known = self.namespaces.lock().map_err(|error| error.to_string())?;
        if !known.contains(name) {
            let labels = serde_json::json!({"pod-security.kubernetes.io/enforce": level});
            let body = serde_json::json!({
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": {"name": name, "labels": labels},
            });
            let mut response = self.post("/api/v1/namespaces", &body.to_string())?;
            if !matches!(response.status().as_u16(), 201 | 409) {
                return Err(refusal(&mut response));
            }
            known.insert(name.to_owned());
        }
        Ok(())
    }

    /// Says whether an object would be created as it is written, unknown fields refused.
    pub fn judge(&self, object: &Object) -> Result<Verdict> {
        let Some(resource) = self.kinds.get(&kind(object)) else {
            let (version, kind) = kind(object);
            return Ok(Verdict::Refused(format!("no kind {kind} in {version}")));
        };
        if let (true, Err(refused)) = (resource.namespaced, self.create_namespace_of(object)) {
            return Ok(Verdict::Refused(refused));
        }
        let mut response = self.create(resource, object)?;
        // A namespace made by an earlier object was judged before it was found to exist.
        let exists = response.status() == 409 && object.kind() == "Namespace";
        Ok(if exists { Verdict::Accepted(Vec::new()) } else { verdict(&mut response) })
    }

    /// Says whether a pod would be created in a namespace that enforces a Pod Security level.
    pub fn admit(&self, level: &str, pod: &Value) -> Result<Verdict> {
        let namespace = format!("{NAMESPACE}-{level}");
        self.create_namespace(&namespace, level)?;
        let path = format!("/api/v1/namespaces/{namespace}/pods?dryRun=All&fieldValidation=Strict");
        let mut response = self.post(&path, &pod.to_string())?;
        Ok(verdict(&mut response))
    }

    /// The object as the server reads it.
    pub fn read_back(&self, object: &Object) -> Result<Value> {
        let resource = self.kinds.get(&kind(object)).ok_or("an unknown kind")?;
        self.create_namespace_of(object)?;
        let mut response = self.create(resource, object)?;
        if !response.status().is_success() {
            return Err(refusal(&mut response));
        }
        let body = context(response.body_mut().read_to_string(), object.kind())?;
        context(serde_json::from_str(&body), object.kind())
    }

    fn create_namespace_of(&self, object: &Object) -> Result {
        self.create_namespace(namespace(object), "privileged")
    }

    /// Creates an object without keeping it.
    fn create(&self, resource: &Resource, object: &Object) -> Result<Response<ureq::Body>> {
        let namespaced = resource.namespaced.then(|| namespace(object));
        let within = namespaced.map(|name| format!("namespaces/{name}/")).unwrap_or_default();
        let path = resource.path.replace("{}", &within);
        self.post(&format!("{path}?dryRun=All&fieldValidation=Strict"), &object.text)
    }
}

fn kind(object: &Object) -> (String, String) {
    (object.api_version().to_owned(), object.kind().to_owned())
}

fn namespace(object: &Object) -> &str {
    Some(object.namespace()).filter(|name| !name.is_empty()).unwrap_or(NAMESPACE)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The type and the status of a condition.
fn text_of(condition: &Value) -> (&str, &str) {
    (text(condition, "type"), text(condition, "status"))
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines.get(lines.len().saturating_sub(10)..).unwrap_or_default().join("\n")
}

fn verdict(response: &mut Response<ureq::Body>) -> Verdict {
    if response.status().is_success() {
        // Only a connection whose answer was read to its end is used again.
        response.body_mut().read_to_vec().ok();
        Verdict::Accepted(warnings(response))
    } else {
        Verdict::Refused(refusal(response))
    }
}

fn refusal(response: &mut Response<ureq::Body>) -> String {
    let status = response.status();
    let body = response.body_mut().read_to_string().unwrap_or_default();
    let answer: Value = serde_json::from_str(&body).unwrap_or_default();
    match text(&answer, "message") {
        "" => format!("{status}: {body}"),
        message => message.to_owned(),
    }
}

/// The texts of the `Warning` headers: `299 - "text"`.
fn warnings(response: &Response<ureq::Body>) -> Vec<String> {
    let headers = response.headers().get_all("warning").iter();
    let texts = headers.filter_map(|header| header.to_str().ok());
    texts.map(|text| text.trim_start_matches("299 - ").trim_matches('"').to_owned()).collect()
}

fn agent() -> Agent {
    // The server signs its own certificate when it starts, and listens on loopback only.
    let tls = TlsConfig::builder().disable_verification(true).build();
    let config = Agent::config_builder().tls_config(tls).http_status_as_error(false);
    config.timeout_global(Some(Duration::from_secs(30))).build().into()
}

fn free_ports() -> Result<[u16; 3]> {
    let free = || context(TcpListener::bind("127.0.0.1:0"), "no free port");
    let held = [free()?, free()?, free()?];
    let mut ports = [0; 3];
    for (port, listener) in ports.iter_mut().zip(&held) {
        *port = context(listener.local_addr(), "no free port")?.port();
    }
    Ok(ports)
}

fn start_etcd(judges: &Judges, folder: &Path, store: &str, peers: u16) -> Result<Server> {
    let args = [
        format!("--data-dir={}", folder.join("etcd").display()),
        "--unsafe-no-fsync".to_owned(),
        "--log-level=warn".to_owned(),
        format!("--listen-client-urls={store}"),
        format!("--advertise-client-urls={store}"),
        format!("--listen-peer-urls=http://127.0.0.1:{peers}"),
        format!("--initial-advertise-peer-urls=http://127.0.0.1:{peers}"),
        format!("--initial-cluster=default=http://127.0.0.1:{peers}"),
    ];
    Server::start(&judges.etcd, &args, &folder.join("etcd.log"))
}

fn start_apiserver(judges: &Judges, folder: &Path, store: &str, port: u16) -> Result<Server> {
    let key = folder.join("service-account.pem").display().to_string();
    let tokens = folder.join("tokens.csv").display().to_string();
    files::write(Path::new(&key), signing_key().as_bytes())?;
    files::write(Path::new(&tokens), format!("{TOKEN},judge,judge,system:masters\n").as_bytes())?;
    let args = [
        format!("--etcd-servers={store}"),
        "--bind-address=127.0.0.1".to_owned(),
        // Only what the `kubernetes` endpoint would say; it refuses loopback.
        "--advertise-address=192.0.2.2".to_owned(),
        format!("--secure-port={port}"),
        format!("--cert-dir={}", folder.join("certificates").display()),
        format!("--token-auth-file={tokens}"),
        "--authorization-mode=AlwaysAllow".to_owned(),
        "--service-cluster-ip-range=10.96.0.0/16,fd00:96::/112".to_owned(),
        "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
        format!("--service-account-key-file={key}"),
        format!("--service-account-signing-key-file={key}"),
        "--allow-privileged=true".to_owned(),
        // Nothing here makes the `default` account that it wants of a bare pod.
        "--disable-admission-plugins=ServiceAccount".to_owned(),
        "--enable-priority-and-fairness=false".to_owned(),
    ];
    Server::start(&judges.kube_apiserver, &args, &folder.join("apiserver.log"))
}

/// A key for service account tokens, which nobody asks for: any number is one on this curve.
fn signing_key() -> String {
    let mut der = vec![0x30, 0x31, 2, 1, 1, 4, 32];
    der.extend([0x2a; 32]);
    // The curve by its name, prime256v1.
    der.extend([0xa0, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let body = BASE64_STANDARD.encode(der);
    let kind = "EC PRIVATE KEY";
    format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n")
}
