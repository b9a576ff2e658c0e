namespace Firesteel;

/// <summary>The generator that draws when no other is named (the functions of <c>torch.random</c>). Its first seed cannot be foretold.</summary>
public static class Rng
{
    private static readonly Generator s_shared = new(Generator.FreshSeed());

    [ThreadStatic]
    private static Generator? t_own;

    /// <summary>The default generator (<c>torch.default_generator</c>); in a worker thread of a data loader that worker's own.</summary>
    public static Generator Default => t_own ?? s_shared;

    /// <summary>Gives the calling thread a default generator of its own, for as long as it lives.</summary>
    internal static void OwnOnThisThread(Generator generator) => t_own = generator;

    /// <summary>Seeds the default generator and returns it (<c>torch.manual_seed</c>).</summary>
    public static Generator ManualSeed(long seed) => Default.ManualSeed(seed);

    /// <summary>Seeds the default generator and returns it (<c>torch.manual_seed</c>).</summary>
    public static Generator ManualSeed(ulong seed) => Default.ManualSeed(seed);

    /// <summary>The seed that the default generator was started with (<c>torch.initial_seed</c>).</summary>
    public static ulong InitialSeed() => Default.InitialSeed();

    /// <summary>Seeds the default generator so that it cannot be foretold, and returns the seed (<c>torch.seed</c>).</summary>
    public static ulong Seed() => Default.Seed();

    /// <summary>The position of the default generator, 5056 bytes in PyTorch's layout (<c>torch.get_rng_state</c>).</summary>
    public static byte[] GetRngState() => Default.GetState();

    /// <summary>Returns the default generator to a position from <see cref="GetRngState"/> (<c>torch.set_rng_state</c>).</summary>
    /// <exception cref="ArgumentException">These are not the bytes of a state.</exception>
    public static void SetRngState(ReadOnlySpan<byte> state) => Default.SetState(state);

    /// <summary>Puts the default generator back where it is now when the result is disposed (<c>torch.random.fork_rng</c>).</summary>
    public static IDisposable ForkRng() => new Fork(GetRngState());

    private sealed class Fork(byte[] state) : IDisposable
    {
        private byte[]? _state = state;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _state, null) is { } saved) SetRngState(saved);
        }
    }
}
