// The kernel's locks, not the runtime's.
global using Semaphore = Variants.Harness.Primitives.Semaphore;
global using SpinLock = Variants.Harness.Primitives.SpinLock;
