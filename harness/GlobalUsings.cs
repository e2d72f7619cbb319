// The kernel's locks, not the runtime's.
global using Lock = Variants.Harness.Engine.Lock;
