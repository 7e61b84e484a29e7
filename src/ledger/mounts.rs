//! Mounts of a service: volumes, configs, secrets.

use super::row::{Row, contract};

/// The rows of mounts.
pub(super) const TABLES: &[&[Row]] = &[MOUNT, BIND, VOLUME, TMPFS, IMAGE, CONFIG_REF, SECRET_REF];

contract! { MOUNT: Mount at "services.volumes." {
    kind "type" Decision "what is mounted", "";
    source "source" Field "pod: volumes", "";
    target "target" Field "container: volumeMounts.mountPath", "";
    read_only "read_only" Field "container: volumeMounts.readOnly", "";
    consistency "consistency" Meaningless "", "it is about Docker on macOS";
    bind "bind" Decision "see below", "";
    volume "volume" Decision "see below", "";
    tmpfs "tmpfs" Decision "see below", "";
    image "image" Decision "see below", "";
    cluster "cluster" Decision "nothing: the claim is chosen with `volumes.<name>`", "";
} }

contract! { BIND: BindOptions at "services.volumes.bind." {
    propagation "propagation" Refused "", "mounts below a mount are a matter of daemons on the node; use a patch";
    create_host_path "create_host_path" Meaningless "", "a missing folder is an empty claim, or with `binds: hostpath` made on the node";
    recursive "recursive" Refused "", "mounts below a mount are a matter of daemons on the node; use a patch";
    selinux "selinux" Meaningless "", "the cluster labels volumes itself";
} }

contract! { VOLUME: VolumeOptions at "services.volumes.volume." {
    nocopy "nocopy" Decision "whether an init container copies the image's content into a volume that services of other images only read", "";
    subpath "subpath" Field "container: volumeMounts.subPath", "";
    labels "labels" Meaningless "", "use the settings' `labels`";
} }

contract! { TMPFS: TmpfsOptions at "services.volumes.tmpfs." {
    size "size" Field "pod: volumes.emptyDir.sizeLimit", "";
    mode "mode" Meaningless "", "an emptyDir is writable by everyone";
} }

contract! { IMAGE: ImageOptions at "services.volumes.image." {
    subpath "subpath" Field "container: volumeMounts.subPath", "";
} }

contract! { CONFIG_REF: ConfigRef at "services.configs." {
    source "source" Field "pod: volumes.configMap", "";
    target "target" Field "container: volumeMounts.mountPath", "";
    uid "uid" Refused "", "files of a ConfigMap belong to root; everyone may read them";
    gid "gid" Refused "", "files of a ConfigMap belong to root, or to `fsGroup`";
    mode "mode" Field "pod: volumes.configMap.defaultMode", "";
} }

contract! { SECRET_REF: SecretRef at "services.secrets." {
    source "source" Field "pod: volumes.secret", "";
    target "target" Field "container: volumeMounts.mountPath", "";
    uid "uid" Refused "", "files of a Secret belong to root; everyone in the container may read them";
    gid "gid" Refused "", "files of a Secret belong to root, or to `fsGroup`";
    mode "mode" Field "pod: volumes.secret.defaultMode", "";
} }
