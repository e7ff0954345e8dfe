//! What a service waits for.

/// What a service waits for before it starts after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dependency {
    pub condition: Condition,
    pub need: Need,
    pub follows: Follows,
}

/// What of another service is waited for.
///
/// `resolve` has it that a service with a readiness is never waited for as merely started,
/// and one that runs to its end is only waited for as completed.
/// One that sleeps behind a socket is started and ready as soon as its socket listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    Started,
    Ready,
    Completed,
}

/// What happens when the other one cannot be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The service is not started.
    Required,
    /// The service is started all the same.
    Optional,
}

/// What happens when the other one has ended by itself and is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// Nothing.
    No,
    /// The service is started again, too.
    Yes,
}

/// Who waits for a service before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dependents {
    Nobody,
    /// Only services that go on when this one is started again.
    Independent,
    /// Among others, one that is started again with it.
    Following,
}
