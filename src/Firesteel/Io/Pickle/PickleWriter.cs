using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Firesteel.Io;

/// <summary>Writes the opcodes of Python's pickle format, protocol 2: the subset that PyTorch's weights_only loader has known since 1.13.</summary>
internal sealed class PickleWriter(Stream output)
{
    private readonly Dictionary<object, int> _memo = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> _texts = [];
    private readonly Dictionary<string, int> _globals = [];
    private int _next;

    public void Begin() => output.Write([0x80, 2]);

    public void End() => Op('.');

    public void Null() => Op('N');

    public void Boolean(bool value) => output.WriteByte((byte)(value ? 0x88 : 0x89));

    public void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        switch (value)
        {
            case >= 0 and <= byte.MaxValue: Op('K', bytes[..1]); break;
            case >= 0 and <= ushort.MaxValue: Op('M', bytes[..2]); break;
            case >= int.MinValue and <= int.MaxValue: Op('J', bytes[..4]); break;
            default: Integer((BigInteger)value); break;
        }
    }

    public void Integer(BigInteger value)
    {
        byte[] bytes = value.ToByteArray();
        if (bytes.Length > byte.MaxValue) throw new NotSupportedException($"an integer of {bytes.Length} bytes");
        output.Write([0x8a, (byte)bytes.Length, .. bytes]);
    }

    public void Number(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        Op('G', bytes);
    }

    public void Text(string value)
    {
        if (Recall(_texts, value)) return;
        byte[] bytes = Utf8(value);
        Sized('X', bytes.Length);
        output.Write(bytes);
        _texts[value] = Remember();
    }

    /// <summary>Bytes, as protocol 2 writes them: characters to be encoded.</summary>
    public void Bytes(byte[] value)
    {
        Global("_codecs", "encode");
        byte[] text = Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(value));
        Sized('X', text.Length);
        output.Write(text);
        Text("latin1");
        Tuple(2);
        Call();
    }

    /// <summary>A name of Python; nothing but names that every PyTorch allows in data.</summary>
    public void Global(string module, string name)
    {
        string both = $"{module}\n{name}\n";
        if (Recall(_globals, both)) return;
        Op('c', Encoding.ASCII.GetBytes(both));
        _globals[both] = Remember();
    }

    public void Mark() => Op('(');

    /// <summary>A tuple of everything behind the last mark.</summary>
    public void Tuple() => Op('t');

    /// <summary>A tuple of the last 0 to 3 objects.</summary>
    public void Tuple(int count) => output.WriteByte(count switch { 0 => (byte)')', 1 => 0x85, 2 => 0x86, _ => 0x87 });

    public void Integers(ReadOnlySpan<long> values)
    {
        if (values.Length > 3) Mark();
        foreach (long value in values) Integer(value);
        if (values.Length > 3) Tuple();
        else Tuple(values.Length);
    }

    public void EmptyList() => Op(']');

    /// <summary>Appends everything behind the last mark to the list before it.</summary>
    public void Append() => Op('e');

    public void EmptyDictionary() => Op('}');

    public void EmptyOrderedDictionary()
    {
        Global("collections", "OrderedDict");
        Tuple(0);
        Call();
    }

    /// <summary>Sets all pairs behind the last mark in the dictionary before it.</summary>
    public void Set() => Op('u');

    /// <summary>Calls a global with a tuple.</summary>
    public void Call() => Op('R');

    /// <summary>What a tuple names that lies outside the pickle.</summary>
    public void Persistent() => Op('Q');

    /// <summary>Refers to an object that was written before; false if it was not.</summary>
    public bool Recall(object value) => Recall(_memo, value);

    /// <summary>Makes it possible to refer to the object that was written last.</summary>
    public void Remember(object value) => _memo[value] = Remember();

    private static byte[] Utf8(string text)
    {
        try
        {
            return Python2String.Utf8.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new NotSupportedException("A string with half of a surrogate pair is not valid text.", e);
        }
    }

    private int Remember()
    {
        if (_next <= byte.MaxValue) Op('q', [(byte)_next]);
        else Sized('r', _next);
        return _next++;
    }

    private bool Recall<T>(Dictionary<T, int> memo, T value)
        where T : notnull
    {
        if (!memo.TryGetValue(value, out int index)) return false;
        if (index <= byte.MaxValue) Op('h', [(byte)index]);
        else Sized('j', index);
        return true;
    }

    private void Op(char opcode, ReadOnlySpan<byte> argument = default)
    {
        output.WriteByte((byte)opcode);
        output.Write(argument);
    }

    private void Sized(char opcode, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        Op(opcode, bytes);
    }
}
