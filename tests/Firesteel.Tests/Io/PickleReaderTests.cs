using System.Numerics;
using System.Text;
using Firesteel.Io;

namespace Firesteel.Tests;

/// <summary>Pickles by hand: what Python writes, what it never writes, and what was written to do harm.</summary>
public class PickleReaderTests
{
    /// <summary>Bytes of text in Latin-1.</summary>
    private static byte[] B(string text) => Encoding.Latin1.GetBytes(text);

    private static object? Read(byte[] pickle) => PickleTree.ToObjects(Reader(pickle).Read());

    private static object? Read(string pickle) => Read(B(pickle));

    private static PickleReader Reader(byte[] pickle) => new(ByteSource.Of(pickle, "p"), 0);

    private static string Refusal(byte[] pickle)
    {
        var source = ByteSource.Of(pickle, "p");
        try
        {
            PickleTree.ToObjects(new PickleReader(source, 0).Read());
        }
        catch (CheckpointFormatException e)
        {
            Assert.Equal("p", e.File);
            Assert.InRange(e.Offset, 0, pickle.Length);
            return e.Reason;
        }
        catch (PickleError e)
        {
            return e.Message;
        }
        Assert.Fail("it was loaded");
        return "";
    }

    private static string Refusal(string pickle) => Refusal(B(pickle));

    /// <summary>What Python's pickle.dumps writes for the same objects.</summary>
    [Fact]
    public void WhatPythonWrites()
    {
        Assert.Null(Read("\x80\x02N."));
        Assert.Equal(255L, Read("K\xff."));
        Assert.Equal(-2L, Read("J\xfe\xff\xff\xff."));
        Assert.Equal(65535L, Read("M\xff\xff."));
        Assert.Equal(-128L, Read("\x8a\x01\x80."));
        Assert.Equal(0L, Read("\x8a\x00."));
        Assert.Equal(BigInteger.Pow(2, 64), Read("\x8a\x09\0\0\0\0\0\0\0\0\x01."));
        Assert.Equal(1.5, Read("G\x3f\xf8\0\0\0\0\0\0."));
        Assert.Equal("é", Read("X\x02\0\0\0\xc3\xa9."));
        Assert.Equal("a", Read("\x80\x04\x95\x05\0\0\0\0\0\0\0\x8c\x01" + "a\x94."));
        Assert.Equal([1L, 2L], Assert.IsType<object?[]>(Read("K\x01K\x02\x86.")));
        Assert.Equal([1L, 2L, 3L, 4L], Assert.IsType<object?[]>(Read("(K\x01K\x02K\x03K\x04t.")));
        Assert.Equal([1L, "x"], Assert.IsType<List<object?>>(Read("](K\x01X\x01\0\0\0xe.")));
        Assert.Equal([7L], Assert.IsType<HashSet<object?>>(Read("\x80\x04\x8f(K\x07\x90.")));
        Assert.Equal([7L], Assert.IsType<HashSet<object?>>(Read("\x80\x04(K\x07\x91.")));
        Assert.Equal([1, 2], Assert.IsType<byte[]>(Read("\x80\x03" + "C\x02\x01\x02.")));
        Assert.Equal([3], Assert.IsType<byte[]>(Read("\x80\x05\x96\x01\0\0\0\0\0\0\0\x03.")));
        Assert.Equal(2.5, Assert.IsType<OrderedDictionary<string, object?>>(Read("}X\x01\0\0\0aG\x40\x04\0\0\0\0\0\0s."))["a"]);
        // Protocol 0 is text.
        Assert.Equal([1L, true, false, -5L, 2.5], Assert.IsType<List<object?>>(Read("(lp0\nI1\naI01\naI00\naL-5L\naF2.5\na.")));
        Assert.Equal("aé\u0416", Read("Va\xe9\\u0416\np0\n."));
        Assert.Equal("it's\n", Read("S'it\\'s\\n'\n."));
        Assert.Equal("v", Assert.IsType<OrderedDictionary<string, object?>>(Read("(dp0\nVk\np1\nVv\np2\ns."))["k"]);
        // The same list twice is the same list.
        var twice = Assert.IsType<object?[]>(Read("]q\0h\0\x86."));
        Assert.Same(twice[0], twice[1]);
    }

    [Theory]
    [InlineData("cos\nsystem\nX\x02\0\0\0ls\x85R.", "os.system is no data")]
    [InlineData("\x80\x04\x8c\x02os\x8c\x06system\x93.", "os.system is no data")]
    [InlineData("c__builtin__\neval\n.", "builtins.eval is no data")]
    [InlineData("ccollections\nOrderedDict\nK\x01\x85R.", "other arguments")]
    [InlineData("ccollections\nOrderedDict\nK\x01R.", "tuple of arguments")]
    [InlineData("ccollections\nOrderedDict\n.", "stands where data")]
    [InlineData("ctorch\nFloatStorage\n\x8a\x06\0\0\0\0\0\x01\x85R.", "torch.FloatStorage is called")]
    [InlineData("cbuiltins\nbytearray\n\x8a\x06\0\0\0\0\0\x01\x85R.", "other arguments")]
    [InlineData("ctorch._utils\n_rebuild_sparse_tensor\n.", "sparse tensors are not supported")]
    [InlineData("K\x01K\x02\x86N\x85R.", "a tuple is called")]
    [InlineData("(i__main__\nA\n.", "opcode 0x69")]
    [InlineData("\x82\x01.", "opcode 0x82")]
    [InlineData("K\x01.K\x02.K\x03", null)]
    [InlineData("K\x01K\x02.", "left over")]
    [InlineData("(K\x01.", "left over")]
    [InlineData("K\x01(0.", "the stack is empty")]
    [InlineData("K\x01(K\x02K\x03\x87.", "3 objects are needed and 2")]
    [InlineData("]K\x01(a.", "the stack is empty")]
    [InlineData("t.", "no mark")]
    [InlineData("h\x05.", "remembered as 5")]
    [InlineData("g99999999999999999999\n.", "not an index")]
    [InlineData("}]K\x01s.", "a list among its keys")]
    [InlineData("}NK\x01s.", "None among its keys")]
    [InlineData("}(K\x01u.", "a key has no value")]
    [InlineData("K\x01K\x02" + "b.", "which has none")]
    [InlineData("X\xff\xff\xff\xff.", "cut off")]
    [InlineData("\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", "cut off")]
    [InlineData("B\xff\xff\xff\x7f.", "cut off")]
    [InlineData("\x8b\xff\xff\xff\x7f.", "255 are the most")]
    [InlineData("X\x02\0\0\0\xc3(.", "not valid UTF-8")]
    [InlineData("V\\ud800\n.", "surrogate")]
    [InlineData("\x80\x06N.", "protocol 6")]
    [InlineData("\x80\x04\x95\xff\0\0\0\0\0\0\0N.", "a frame of 255 bytes")]
    [InlineData("Q.", "a persistent id where there are no storages")]
    [InlineData("cnumpy\ndtype\nX\x01\0\0\0O\x85R.", "NumPy's dtype 'O'")]
    [InlineData("", "cut off")]
    public void Refused(string pickle, string? reason)
    {
        if (reason is null) Assert.Equal(1L, Read(pickle)); // what stands behind the end is the matter of whoever reads on
        else Assert.Contains(reason, Refusal(pickle));
    }

    [Fact]
    public void NothingContainsItself()
    {
        Assert.Contains("a list contains itself", Refusal("]q\0h\0a."));
        Assert.Contains("a dictionary contains itself", Refusal("}q\0X\x01\0\0\0xh\0s."));
        Assert.Contains("contains itself", Refusal("]q\0}X\x01\0\0\0xh\0sa."));
    }

    /// <summary>A list of two references to a list of two references to ...: 2^60 leaves, 60 lists.</summary>
    [Fact]
    public void SharedListsStaySharedHoweverManyLeavesThatAre()
    {
        var pickle = new StringBuilder("]q\0" + "0");
        for (int i = 1; i < 60; i++) pickle.Append($"]q{(char)i}(h{(char)(i - 1)}h{(char)(i - 1)}e0");
        var list = (List<object?>)Read(pickle.Append("h;.").ToString())!;
        for (int depth = 1; depth < 60; depth++)
        {
            Assert.Same(list[0], list[1]);
            list = (List<object?>)list[0]!;
        }
        Assert.Empty(list);
    }

    [Fact]
    public void DepthIsLimitedAndTakesNoStack()
    {
        Assert.NotNull(Read(new string(']', 1000) + new string('a', 999) + "."));
        Assert.Contains("nested more than 1000", Refusal(new string(']', 1001) + new string('a', 1000) + "."));
        Assert.Contains("nested more than 1000", Refusal("N" + new string('\x85', 1_000_000) + "."));
        // Also where the depth is reached through something that was seen before.
        Assert.Contains("nested more than 1000", Refusal(string.Concat("N", new string('\x85', 600), "q\0", new string('\x85', 600), "h\0\x86.")));
    }

    [Fact]
    public void SizesAreLimited()
    {
        Assert.Contains("more than 16777216 objects", Refusal(new string('N', (1 << 24) + 1) + "."));
        Assert.Contains("a line of more than 512 bytes", Refusal("c" + new string('x', 1000) + "\n\n."));
        Assert.Contains("a line of more than 255 bytes", Refusal("L" + new string('9', 100_000) + "L\n."));
    }

    /// <summary>Keys that have the same hash code in .NET: looking them up must not become quadratic.</summary>
    [Fact]
    public void KeysCannotBeMadeToCollide()
    {
        using var pickle = new MemoryStream();
        pickle.Write(B("}("));
        const int count = 100_000;
        for (int i = 1; i <= count; i++)
        {
            long key = ((long)i << 32) | (uint)i; // long.GetHashCode is 0
            pickle.Write([0x8a, 8, .. BitConverter.GetBytes(key), (byte)'N']);
        }
        pickle.Write(B("u."));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(count, Assert.IsType<OrderedDictionary<long, object?>>(Read(pickle.ToArray())).Count);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20); // minutes if they collide
    }

    /// <summary>The reader takes its bytes in pieces; a text may begin in one and end in another.</summary>
    [Fact]
    public void TextsAcrossPieces()
    {
        string text = new('x', 60_000);
        var list = (List<object?>)Read($"](X\x60\xea\0\0{text}X\x60\xea\0\0{text}X\x60\xea\0\0{text}e.")!;
        Assert.Equal([text, text, text], list);
    }
}
