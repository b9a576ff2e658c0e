namespace Firesteel;

/// <summary>
/// Machine code for a program that eager code runs: none at first, since emitting costs as much as interpreting a few million steps;
/// once it has done that much work, it has paid.
/// </summary>
internal sealed class HotCode
{
    /// <summary>Elements times instructions after which a program is emitted.</summary>
    private const long Threshold = 16L << 20;

    /// <summary>What a call costs the interpreter beside its elements, in elements.</summary>
    private const long CallCost = 256;

    private long _work;
    private Emitted? _last;

    /// <summary>The code for a call with these numbers among its inputs, or null for the interpreter.</summary>
    public MapCode? Of(MapKernel kernel, ulong numbers, long elements)
    {
        // Lost updates of other threads only put off the day.
        if (_work < Threshold)
        {
            _work += (elements + CallCost) * kernel.Program.Instructions.Length;
            return null;
        }
        if (!MapCodes.Enabled) return null;
        if (_last is { } last && last.Numbers == numbers) return last.Code;
        var code = MapCodes.Of(kernel, numbers);
        _last = new Emitted(numbers, code);
        return code;
    }

    /// <summary>True once there is code.</summary>
    public bool IsEmitted => _last?.Code is not null;

    private sealed record Emitted(ulong Numbers, MapCode? Code);
}
