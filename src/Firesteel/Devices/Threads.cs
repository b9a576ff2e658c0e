namespace Firesteel;

/// <summary>How many threads kernels on the CPU may use.</summary>
public static class Threads
{
    /// <summary>The environment variable that sets <see cref="Count"/> at start; a value that is not a positive number is ignored.</summary>
    internal const string Variable = "FIRESTEEL_NUM_THREADS";

    internal const int Largest = 1024;

    private static int s_count = Default(Environment.GetEnvironmentVariable(Variable), Environment.ProcessorCount);

    /// <summary>
    /// The number of threads that one kernel may use, the calling one included (<c>torch.get_num_threads</c>, <c>torch.set_num_threads</c>). It
    /// starts as FIRESTEEL_NUM_THREADS, or else as the number of processors. Results do not depend on it, to the last bit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not between 1 and 1024.</exception>
    public static int Count
    {
        get => Volatile.Read(ref s_count);
        set
        {
            if (value is < 1 or > Largest) throw new ArgumentOutOfRangeException(nameof(value), value, $"Threads.Count: expected a number of threads between 1 and {Largest}.");
            Volatile.Write(ref s_count, value);
        }
    }

    internal static int Default(string? variable, int processors)
    {
        if (OperatingSystem.IsBrowser()) return 1; // no threads to start
        return int.TryParse(variable, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= Largest
            ? count
            : Math.Clamp(processors, 1, Largest);
    }
}
