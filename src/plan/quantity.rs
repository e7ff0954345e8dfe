//! Durations and sizes: one grammar in the manifest; each target spells them in its own way.

/// A span of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(u64);

/// Units of time from the largest to the smallest, in milliseconds.
const TIME_UNITS: &[(&str, u64)] =
    &[("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// A hundred years: far below what systemd's microseconds can hold.
const LONGEST: u64 = 100 * 366 * 86_400_000;

impl Duration {
    /// Parses `500ms`, `5s`, `30min`, `1h30min`, `2d`; every number has a unit.
    ///
    /// `m` is refused because systemd reads it as minutes and people read it as months or milli.
    pub fn parse(text: &str) -> Option<Duration> {
        let mut rest = text;
        let mut total: u64 = 0;
        let mut previous = u64::MAX;
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let (number, after) = leading_number(rest)?;
            let letters = after.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(after.len());
            let (unit, after) = after.split_at(letters);
            let (_, factor) = TIME_UNITS.iter().find(|(name, _)| *name == unit)?;
            if *factor >= previous {
                return None;
            }
            previous = *factor;
            total = total.checked_add(number.checked_mul(*factor)?)?;
            rest = after;
        }
        (total <= LONGEST).then_some(Duration(total))
    }

    /// A duration of whole milliseconds.
    pub const fn milliseconds(milliseconds: u64) -> Duration {
        Duration(milliseconds)
    }

    /// The duration as this program itself waits.
    pub const fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.0)
    }

    /// The duration in seconds, when it is a whole number of them.
    pub fn whole_seconds(self) -> Option<u64> {
        self.0.is_multiple_of(1_000).then_some(self.0 / 1_000)
    }

    /// The duration in seconds; a part of one counts as a whole.
    pub fn rounded_up_to_seconds(self) -> u64 {
        self.0.div_ceil(1_000)
    }

    /// The duration and another after it.
    pub const fn plus(self, other: Duration) -> Duration {
        Duration(self.0.saturating_add(other.0))
    }

    /// The duration so many times over.
    pub fn times(self, number: u64) -> Duration {
        Duration(self.0.saturating_mul(number))
    }

    /// How often it fits into another; it is not nothing.
    pub fn fits_into(self, other: Duration) -> u64 {
        other.0.div_ceil(self.0.max(1))
    }

    /// The duration in seconds, as programs of a shell read it: `1`, `0.1`.
    pub fn seconds(self) -> String {
        match self.0 % 1_000 {
            0 => (self.0 / 1_000).to_string(),
            rest => format!("{}.{rest:03}", self.0 / 1_000).trim_end_matches('0').to_owned(),
        }
    }

    /// The duration as podman reads it (Go's `time.ParseDuration`): `1h30m`, `500ms`, `0s`.
    pub fn podman(self) -> String {
        const UNITS: &[(&str, u64)] = &[("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
        let mut rest = self.0;
        let mut text = String::new();
        for (unit, factor) in UNITS {
            if rest >= *factor {
                text.push_str(&format!("{}{unit}", rest / factor));
                rest %= factor;
            }
        }
        if text.is_empty() { "0s".to_owned() } else { text }
    }

    /// The duration as systemd.time(7) reads it: `1h 30min`, `500ms`, `0`.
    pub fn systemd(self) -> String {
        if self.0 == 0 {
            return "0".to_owned();
        }
        let mut rest = self.0;
        let mut parts = Vec::new();
        for (unit, factor) in TIME_UNITS {
            if rest >= *factor {
                parts.push(format!("{}{unit}", rest / factor));
                rest %= factor;
            }
        }
        parts.join(" ")
    }
}

/// A size in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(u64);

/// Units of size from the largest to the smallest, in bytes; the base is 1024 on every target.
const SIZE_UNITS: &[(&str, u64)] =
    &[("T", 1 << 40), ("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10)];

/// An exbibyte: what podman and the kernel can still count in signed bytes.
const LARGEST: u64 = 1 << 60;

impl Size {
    /// Parses `128M`, `1G`, `512K`; the base is 1024.
    pub fn parse(text: &str) -> Option<Size> {
        let (number, unit) = leading_number(text)?;
        let (_, factor) = SIZE_UNITS.iter().find(|(name, _)| *name == unit)?;
        let size = number.checked_mul(*factor)?;
        (1..=LARGEST).contains(&size).then_some(Size(size))
    }

    /// The size as podman reads it: `128m`, in the largest unit that divides it.
    pub fn podman(self) -> String {
        self.systemd().to_ascii_lowercase()
    }

    /// The size as systemd reads it: `128M`, in the largest unit that divides it.
    pub fn systemd(self) -> String {
        let (unit, factor) = SIZE_UNITS
            .iter()
            .find(|(_, factor)| self.0.is_multiple_of(*factor))
            .expect("a size is a multiple of a unit because it is parsed from one");
        format!("{}{unit}", self.0 / factor)
    }
}

/// Who may do what with a file, as chmod(1) has it in octal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode(u32);

impl Mode {
    /// Takes every right from others.
    pub const OWNER_ALONE: Mode = Mode(0o077);

    /// Parses `0750` or `750`.
    pub fn parse(text: &str) -> Option<Mode> {
        let is_octal =
            (3..=4).contains(&text.len()) && text.bytes().all(|it| (b'0'..=b'7').contains(&it));
        u32::from_str_radix(text, 8).ok().filter(|_| is_octal).map(Mode)
    }

    /// The mode in four digits.
    pub fn octal(self) -> String {
        format!("{:04o}", self.0)
    }
}

/// A part of one processor, or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u64);

impl Percent {
    /// Parses `150%`, a whole number above 0.
    pub fn parse(text: &str) -> Option<Percent> {
        let (number, unit) = leading_number(text)?;
        (unit == "%" && (1..=1_000_000).contains(&number)).then_some(Percent(number))
    }

    /// How many processors that is, as docker reads it: `1.5`.
    pub fn processors(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }

    /// The part as systemd reads it, in a directive without specifiers: `150%`.
    pub fn systemd(self) -> String {
        format!("{}%", self.0)
    }
}

/// Splits the digits off the front; `None` where there are none or too many.
fn leading_number(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(digits);
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spelled_for_systemd() {
        let spell = |text: &str| Duration::parse(text).map(Duration::systemd);
        assert_eq!(spell("500ms").as_deref(), Some("500ms"));
        assert_eq!(spell("90s").as_deref(), Some("1min 30s"));
        assert_eq!(spell("1h30min").as_deref(), Some("1h 30min"));
        assert_eq!(spell("0s").as_deref(), Some("0"));
        for wrong in [
            "",
            "5",
            "5m",
            "s",
            "1s1h",
            "1s2s",
            "-1s",
            "1.5s",
            "99999999999999999999s",
            "5 s",
            "300000000000d",
        ] {
            assert_eq!(spell(wrong), None, "`{wrong}`");
        }
    }

    #[test]
    fn sizes_are_spelled_for_podman() {
        let spell = |text: &str| Size::parse(text).map(Size::podman);
        assert_eq!(spell("128M").as_deref(), Some("128m"));
        assert_eq!(spell("1024K").as_deref(), Some("1m"));
        assert_eq!(spell("3G").as_deref(), Some("3g"));
        for wrong in ["", "128", "128m", "128MB", "0M", "M", "1.5G", "-1G", "99999999999T"] {
            assert_eq!(spell(wrong), None, "`{wrong}`");
        }
    }
}
