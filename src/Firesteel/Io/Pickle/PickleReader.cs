using System.Globalization;
using System.Numerics;
using System.Text;

namespace Firesteel.Io;

/// <summary>
/// Builds data from a stream of Python's pickle format, protocols 0 to 5. It runs nothing: names are looked up in the fixed list of
/// <see cref="PickleGlobal"/>, and everything else is refused. Numbers are long, <see cref="BigInteger"/> or double, tuples are arrays, lists are lists of
/// objects; tensors, storages, dictionaries and sets are the types Pickled*, as <see cref="PickleTree"/> expects them.
/// </summary>
internal sealed class PickleReader(ByteSource source, long start, Func<object?, PickledStorage>? storageNamed = null)
{
    // More than any real file needs, and little enough for any machine.
    private const int MostObjects = 1 << 24, LongestNumber = 255, LongestName = 512;

    private readonly PickleInput _input = new(source, start);
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = new(SeededComparer<long>.Instance);
    private int _objects;

    /// <summary>Where the stream ended.</summary>
    public long End => _input.Position;

    /// <summary>Reads up to the end of the stream and returns its object.</summary>
    /// <exception cref="CheckpointFormatException">The stream is damaged, or holds something that is not data or not supported.</exception>
    public object? Read()
    {
        long at = start;
        try
        {
            while (true)
            {
                at = _input.Position;
                byte opcode = _input.Byte();
                if (opcode == '.')
                {
                    object? result = Pop();
                    if (_stack.Count > 0 || _marks.Count > 0) throw new PickleError("objects are left over at the end of the pickle");
                    return result;
                }
                Run(opcode);
            }
        }
        catch (PickleError e)
        {
            throw source.Error(at, e.Message);
        }
    }

    private void Run(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                if (_input.Byte() is > 5 and var protocol) throw new PickleError($"pickle protocol {protocol} is not known; 5 is the latest");
                break;
            case 0x95: // FRAME
                if (_input.UInt64() is var frame && frame > (ulong)(source.Length - _input.Position)) throw new PickleError($"a frame of {frame} bytes goes beyond the end");
                break;

            // constants and numbers
            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'K': Push((long)_input.Byte()); break;
            case (byte)'M': Push((long)_input.UInt16()); break;
            case (byte)'J': Push((long)_input.Int32()); break;
            case 0x8a: Push(Integer(_input.Take(_input.Byte()))); break; // LONG1
            case 0x8b: Push(Integer(_input.Take(Limited(_input.UInt32(), LongestNumber, "an integer")))); break; // LONG4
            case (byte)'G': Push(_input.Double()); break;
            case (byte)'I': Push(TextInteger(AsciiLine())); break;
            case (byte)'L': Push(TextInteger(AsciiLine().TrimEnd('L'))); break;
            case (byte)'F': Push(double.TryParse(AsciiLine(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw new PickleError("not a number")); break;

            // strings and bytes
            case 0x8c: Push(Utf8(_input.Take(_input.Byte()))); break;
            case (byte)'X': Push(Utf8(_input.Take(_input.UInt32()))); break;
            case 0x8d: Push(Utf8(_input.Take(_input.UInt64()))); break;
            case (byte)'V': Push(PickleText.Unicode(_input.Line(Array.MaxLength / 2))); break;
            case (byte)'U': Push(new Python2String(_input.Take(_input.Byte()).ToArray())); break;
            case (byte)'T': Push(new Python2String(_input.Take(_input.UInt32()).ToArray())); break;
            case (byte)'S': Push(PickleText.String(_input.Line(Array.MaxLength / 2))); break;
            case (byte)'C': Push(_input.Take(_input.Byte()).ToArray()); break;
            case (byte)'B': Push(_input.Take(_input.UInt32()).ToArray()); break;
            case 0x8e or 0x96: Push(_input.Take(_input.UInt64()).ToArray()); break; // BINBYTES8, BYTEARRAY8

            // containers
            case (byte)')': Push(Array.Empty<object?>()); break;
            case (byte)'t': Push(PopToMark()); break;
            case 0x85: Push(Pop(1)); break;
            case 0x86: Push(Pop(2)); break;
            case 0x87: Push(Pop(3)); break;
            case (byte)']': Push(new List<object?>()); break;
            case (byte)'l': Push(new List<object?>(PopToMark())); break;
            case (byte)'a': Append([Pop()]); break;
            case (byte)'e': Append(PopToMark()); break;
            case (byte)'}': Push(new PickledDictionary()); break;
            case (byte)'d':
                var pairs = PopToMark();
                Push(new PickledDictionary());
                Set(pairs);
                break;
            case (byte)'s': Set(Pop(2)); break;
            case (byte)'u': Set(PopToMark()); break;
            case 0x8f: Push(new PickledSet()); break;
            case 0x90: // ADDITEMS
                var members = PopToMark();
                if (Top() is not PickledSet set) throw new PickleError($"elements are added to {PickleKinds.Describe(Top())} as to a set");
                set.Items.AddRange(members);
                break;
            case 0x91: // FROZENSET
                var frozen = new PickledSet();
                frozen.Items.AddRange(PopToMark());
                Push(frozen);
                break;

            // the stack and the memo
            case (byte)'(': _marks.Add(_stack.Count); break;
            case (byte)'0': Pop(); break;
            case (byte)'1': PopToMark(); break;
            case (byte)'2': Push(Top()); break;
            case (byte)'q': _memo[_input.Byte()] = Top(); break;
            case (byte)'r': _memo[_input.UInt32()] = Top(); break;
            case (byte)'p': _memo[Line()] = Top(); break;
            case 0x94: _memo[_memo.Count] = Top(); break;
            case (byte)'h': Push(Remembered(_input.Byte())); break;
            case (byte)'j': Push(Remembered(_input.UInt32())); break;
            case (byte)'g': Push(Remembered(Line())); break;

            // names, and what may be done with them
            case (byte)'c':
                string module = Utf8(_input.Line(LongestName)), name = Utf8(_input.Line(LongestName));
                Push(PickleGlobal.Find(module, name));
                break;
            case 0x93: // STACK_GLOBAL
                Push(Pop(2) is [string from, string called] ? PickleGlobal.Find(from, called) : throw new PickleError("a global has to be named by two strings"));
                break;
            case (byte)'R' or 0x81: // REDUCE, NEWOBJ
                if (Pop(2) is not [var callee, object?[] arguments]) throw new PickleError("a call has to have a tuple of arguments");
                Push(callee is PickleGlobal { Call: { } call } global
                    ? call(arguments) ?? throw new PickleError($"{global.FullName} is called with other arguments than PyTorch gives it")
                    : throw new PickleError($"{PickleKinds.Describe(callee)} is called, which is not allowed"));
                break;
            case (byte)'b': // BUILD
                object? state = Pop();
                PickleGlobal.Build(Top(), state);
                break;
            case (byte)'Q':
                if (storageNamed is null) throw new PickleError("a persistent id where there are no storages");
                Push(storageNamed(Pop()));
                break;

            default:
                throw new PickleError($"opcode 0x{opcode:x2} is not one that PyTorch writes for data");
        }
    }

    private void Push(object? value)
    {
        if (++_objects > MostObjects) throw new PickleError($"more than {MostObjects} objects");
        _stack.Add(value);
    }

    /// <summary>What lies above the last mark may be taken; what lies below is out of reach until the mark is gone.</summary>
    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw new PickleError("the stack is empty");

    private object? Pop()
    {
        object? top = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private object?[] Pop(int count)
    {
        if (_stack.Count - Floor < count) throw new PickleError($"{count} objects are needed and {_stack.Count - Floor} are on the stack");
        object?[] popped = [.. _stack[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        return popped;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0) throw new PickleError("there is no mark on the stack");
        object?[] popped = Pop(_stack.Count - Floor);
        _marks.RemoveAt(_marks.Count - 1);
        return popped;
    }

    private void Append(object?[] items)
    {
        if (Top() is not List<object?> list) throw new PickleError($"elements are appended to {PickleKinds.Describe(Top())} as to a list");
        list.AddRange(items);
    }

    private void Set(object?[] pairs)
    {
        if (Top() is not PickledDictionary dictionary) throw new PickleError($"entries are set in {PickleKinds.Describe(Top())} as in a dictionary");
        if (pairs.Length % 2 != 0) throw new PickleError("a key has no value");
        for (int i = 0; i < pairs.Length; i += 2) dictionary.Set(pairs[i], pairs[i + 1]);
    }

    private object? Remembered(long index) => _memo.TryGetValue(index, out object? value) ? value : throw new PickleError($"nothing was remembered as {index}");

    private long Line() => long.TryParse(AsciiLine(), NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : throw new PickleError("not an index");

    private string AsciiLine() => Encoding.Latin1.GetString(_input.Line(LongestNumber));

    private static ulong Limited(uint length, int most, string what) => length <= most ? length : throw new PickleError($"{what} of {length} bytes; {most} are the most");

    private static object TextInteger(string text) => text switch
    {
        "00" => false,
        "01" => true,
        _ => BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? Narrow(value) : throw new PickleError("not an integer"),
    };

    private static object Integer(ReadOnlySpan<byte> twosComplement) => Narrow(new BigInteger(twosComplement));

    private static object Narrow(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;

    private static string Utf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Python2String.Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new PickleError("a string is not valid UTF-8");
        }
    }
}
