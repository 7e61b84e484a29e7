use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::kube::Role;

#[expect(clippy::needless_pass_by_value, reason = "calls read better so")]
fn deployment(spec: Json) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {"template": {"spec": spec}}})
    .into()
}

fn patch(base: Json, env: Json) -> Patch {
    let (base, env) = (deployment(base), deployment(env));
    let patch = patch_between(&base, &env).unwrap();
    let mut merged = base;
    patch.apply(&mut merged).unwrap();
    assert!(same(&merged, &env), "{patch:#?}");
    patch
}

#[track_caller]
fn strategic(base: Json, env: Json, expected: Json) {
    let Patch::Strategic(patch) = patch(base, env) else { panic!("a JSON patch") };
    let spec = patch.at(&["spec", "template", "spec"]).unwrap();
    assert!(same(spec, &expected.into()), "{spec:#?}");
}

fn json_patch(base: Json, env: Json) -> Vec<(Op, String)> {
    let Patch::Json(operations) = patch(base, env) else { panic!("a strategic merge") };
    operations.into_iter().map(|operation| (operation.op, operation.path)).collect()
}

use crate::overlay::Op;

#[test]
fn a_patch_holds_only_what_differs() {
    let base = json!({"containers": [{"name": "web", "image": "a:1", "env": [{"name": "A", "value": "1"}]}],
        "volumes": [{"name": "v", "emptyDir": {}}]});
    let env = json!({"containers": [{"name": "web", "image": "a:2", "env": [{"name": "A", "value": "1"}]}],
        "volumes": [{"name": "v", "configMap": {"name": "c"}}], "terminationGracePeriodSeconds": 35});
    strategic(
        base,
        env,
        json!({"containers": [{"name": "web", "image": "a:2"}],
            "volumes": [{"name": "v", "emptyDir": null, "configMap": {"name": "c"}}],
            "terminationGracePeriodSeconds": 35}),
    );
}

#[test]
fn removed_items_are_deleted_by_their_key() {
    strategic(
        json!({"initContainers": [{"name": "wait-db"}, {"name": "wait-job", "command": ["a"]}]}),
        json!({"initContainers": [{"name": "wait-job", "command": ["b"]}]}),
        json!({"initContainers": [{"name": "wait-db", "$patch": "delete"}, {"name": "wait-job", "command": ["b"]}]}),
    );
}

#[test]
fn what_became_another_thing_is_replaced() {
    let service = |spec: Json| -> Value {
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}, "spec": spec})
            .into()
    };
    let base = service(json!({"selector": {"a": "b"}, "ports": [{"port": 1}]}));
    let patch = patch_between(&base, &service(json!({"type": "ExternalName"}))).unwrap();
    let Patch::Strategic(patch) = patch else { panic!("a JSON patch") };
    let spec = json!({"$patch": "replace", "type": "ExternalName"});
    assert!(same(patch.get("spec").unwrap(), &spec.into()));
}

#[test]
fn long_lists_in_another_order_and_lists_without_keys_take_json_patches() {
    let env = |names: &[&str]| {
        let env: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
        json!({"containers": [{"name": "web", "env": env}]})
    };
    let at = "/spec/template/spec/containers/0/env";
    assert_eq!(
        json_patch(env(&["A", "B", "C"]), env(&["A", "B", "C", "D"])),
        [(Op::Add, format!("{at}/-"))]
    );
    strategic(env(&["A"]), env(&["A", "B"]), env(&["A", "B"]));
    let tolerations = |keys: &[&str]| {
        let items: Vec<_> = keys.iter().map(|key| json!({"key": key})).collect();
        json!({"tolerations": items})
    };
    assert_eq!(
        json_patch(tolerations(&["a", "b"]), tolerations(&["b"])),
        [(Op::Remove, "/spec/template/spec/tolerations/0".to_owned())]
    );
    strategic(tolerations(&["a"]), tolerations(&["b"]), tolerations(&["b"]));
}

#[test]
fn sets_differ_in_added_removed_and_changed_objects() {
    let object = |name: &str, replicas: i32| {
        let value = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
            "spec": {"replicas": replicas}});
        Object::new(value.into(), Role::Workload, None)
    };
    let found = difference(
        &[object("a", 1), object("b", 1), object("c", 1)],
        &[object("b", 1), object("c", 2), object("d", 1)],
    );
    let name = |key: &ObjectKey| key.name.clone();
    assert_eq!(found.removed.iter().map(name).collect::<Vec<_>>(), ["a"]);
    assert_eq!(found.changed.iter().map(|(key, _)| name(key)).collect::<Vec<_>>(), ["c"]);
    assert_eq!(found.added.iter().map(Object::name).collect::<Vec<_>>(), ["d"]);
}

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![
        (0..3i32).prop_map(Json::from),
        "[xy]".prop_map(Json::from),
        Just(json!({})),
        Just(json!([]))
    ]
}

/// A list whose items have a name each, as the API has them, in any order.
fn named(key: &'static str, item: BoxedStrategy<Json>) -> impl Strategy<Value = Json> {
    let items = prop::collection::btree_map("[a-f]", item, 0..5);
    items.prop_map(|map| map.into_iter().collect::<Vec<_>>()).prop_shuffle().prop_map(
        move |items| {
            let named = |(name, item): (String, Json)| {
                let mut item = item;
                item[key] = name.into();
                item
            };
            items.into_iter().map(named).collect::<Vec<_>>().into()
        },
    )
}

fn fields(names: &'static str) -> BoxedStrategy<Json> {
    prop::collection::btree_map(names, scalar(), 0..3).prop_map(|map| json!(map)).boxed()
}

fn container() -> BoxedStrategy<Json> {
    let args = prop::option::of(prop::collection::vec("[ab]", 0..3));
    let ports = prop::collection::btree_set((1..4i32, prop::bool::ANY), 0..3);
    (fields("[xyz]"), named("name", fields("[v]")), named("mountPath", fields("[v]")), args, ports)
        .prop_map(|(mut container, env, mounts, args, ports)| {
            container["env"] = env;
            container["volumeMounts"] = mounts;
            if let Some(args) = args {
                container["args"] = json!(args);
            }
            let port = |(port, udp): &(i32, bool)| match udp {
                true => json!({"containerPort": port, "protocol": "UDP"}),
                false => json!({"containerPort": port}),
            };
            container["ports"] = ports.iter().map(port).collect::<Vec<_>>().into();
            container
        })
        .boxed()
}

pub(crate) fn object() -> impl Strategy<Value = Value> {
    let tolerations = prop::collection::vec(fields("[key]"), 0..3);
    let labels = prop::collection::btree_map("[a-d]", "[xy]", 0..3).prop_map(|map| json!(map));
    (named("name", container()), named("name", fields("[ce]")), tolerations, labels).prop_map(
        |(containers, volumes, tolerations, labels)| {
            let mut object = deployment(
                json!({"containers": containers, "volumes": volumes, "tolerations": tolerations}),
            );
            if let Some(metadata) = crate::overlay::at_mut(&mut object, &["metadata"]) {
                metadata.as_map_mut().unwrap().insert("labels", labels);
            }
            object
        },
    )
}

proptest! {
    #[test]
    fn a_patch_turns_one_into_the_other(base in object(), env in object()) {
        if let Some(patch) = patch_between(&base, &env) {
            let mut merged = base;
            patch.apply(&mut merged).unwrap();
            prop_assert!(same(&merged, &env), "{patch:#?}\n{merged:#?}");
        }
    }

    #[test]
    fn a_json_patch_turns_one_into_the_other(base in object(), env in object()) {
        let mut merged = base.clone();
        json6902(&mut merged, &json_difference(&base, &env)).unwrap();
        prop_assert!(same(&merged, &env));
    }
}
