//! Chance that repeats: the same seed gives the same cases on every machine.

/// A generator of numbers (`SplitMix64`).
pub(crate) struct Random(u64);

impl Random {
    /// The numbers of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        // Mixed once, so that neighbouring seeds do not give the same numbers one step apart.
        let mut first = Self(seed);
        Self(first.next() ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which is not zero.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % limit).unwrap_or_default()
    }

    /// A number from `low` to `high`.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// Some of several, in their order, none twice.
    pub(crate) fn some<'a>(&mut self, from: &[&'a str], least: usize, most: usize) -> Vec<&'a str> {
        let count = self.between(least, most.min(from.len()).max(least)).min(from.len());
        let mut left: Vec<&str> = from.to_vec();
        let mut found = Vec::new();
        for _ in 0..count {
            found.push(left.remove(self.below(left.len())));
        }
        found
    }
}
