//! The mounts of a service.

use super::{Item, Options, Text, decode::model};

/// `volume`, `bind`, `tmpfs`, `image`, `npipe`, `cluster`.
pub type MountType = Text;

model! {
    /// A mount.
    Mount {
        /// What is mounted.
        kind: MountType = "type",
        /// The volume's name, the path or the image.
        source: Option<Text> = "source",
        /// The path in the container.
        target: Text = "target",
        /// Not writable.
        read_only: bool = "read_only",
        /// Consistency; obsolete.
        consistency: Option<Text> = "consistency",
        /// Options of binds.
        bind: Option<BindOptions> = "bind",
        /// Options of volumes.
        volume: Option<VolumeOptions> = "volume",
        /// Options of tmpfs.
        tmpfs: Option<TmpfsOptions> = "tmpfs",
        /// Options of images.
        image: Option<ImageOptions> = "image",
        /// Options of cluster volumes.
        cluster: Option<ClusterOptions> = "cluster",
    }
}

model! {
    /// Options of a bind mount.
    BindOptions {
        /// Propagation of mounts below.
        propagation: Option<Text> = "propagation",
        /// Create the path where it is missing.
        create_host_path: Option<bool> = "create_host_path",
        /// Mounts below: `enabled`, `disabled`, `writable`, `readonly`.
        recursive: Option<Text> = "recursive",
        /// `z` or `Z`.
        selinux: Option<Text> = "selinux",
    }
}

model! {
    /// Options of a volume mount.
    VolumeOptions {
        /// Do not copy the image's content.
        nocopy: bool = "nocopy",
        /// A path below the volume.
        subpath: Option<Text> = "subpath",
        /// Labels.
        labels: Options = "labels",
    }
}

model! {
    /// Options of a tmpfs mount.
    TmpfsOptions {
        /// Size in bytes.
        size: Option<Text> = "size",
        /// Mode.
        mode: Option<Item<i64>> = "mode",
    }
}

model! {
    /// Options of an image mount.
    ImageOptions {
        /// A path below the image's root.
        subpath: Option<Text> = "subpath",
    }
}

model! {
    /// Options of a cluster volume.
    ClusterOptions {}
}
