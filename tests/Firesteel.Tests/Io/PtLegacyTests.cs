using System.Text;
using Firesteel.Io;

namespace Firesteel.Tests;

/// <summary>Files of PyTorch before 1.6, by hand: a number, a protocol, facts about the writer, the object, the keys of the storages, and the storages.</summary>
public class PtLegacyTests
{
    private const string Begin = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." + "\x80\x02M\xe9\x03." + "\x80\x02}.";

    /// <summary>Four numbers.</summary>
    private static readonly byte[] s_data = [.. BitConverter.GetBytes(4L), .. new[] { 1f, 2f, 3f, 4f }.SelectMany(BitConverter.GetBytes)];

    private static byte[] B(string text) => Encoding.Latin1.GetBytes(text);

    private static string Text(string text) => $"X{(char)text.Length}\0\0\0{text}";

    /// <summary>A tensor of two numbers from a place in storage 'k', or in a part of it.</summary>
    private static string Vector(int offset, string view = "N", string count = "K\x04", string location = "cpu") =>
        $"ctorch._utils\n_rebuild_tensor_v2\n(({Text("storage")}ctorch\nFloatStorage\n{Text("k")}{Text(location)}{count}{view}tQK{(char)offset}K\x02\x85K\x01\x85\u0089ccollections\nOrderedDict\n)RtR";

    private static string Part(int offset, int count, string key = "p") => $"({Text(key)}K{(char)offset}K{(char)count}t";

    private static object? Load(string @object, string? keys = null, byte[]? data = null) =>
        Pt.Load(new MemoryStream([.. B(Begin), .. B("\x80\x02" + @object + "."), .. B("\x80\x02" + (keys ?? $"]{Text("k")}a") + "."), .. data ?? s_data]));

    private static string Refusal(string @object, string? keys = null, byte[]? data = null) => Assert.Throws<CheckpointFormatException>(() => Load(@object, keys, data)).Reason;

    [Fact]
    public void PartsOfStorages()
    {
        Assert.Equal([2f, 3], ((Tensor)Load(Vector(1))!).ToArray<float>());
        Assert.Equal([3f, 4], ((Tensor)Load(Vector(1, Part(1, 3)))!).ToArray<float>());
        Assert.Equal([2f, 3], ((Tensor)Load(Vector(0, Part(1, 2), location: "cuda:3"))!).ToArray<float>());

        var pair = (object?[])Load(Vector(0, Part(1, 2)) + Vector(0, Part(2, 2, "q")) + "\x86")!;
        Tensor a = (Tensor)pair[0]!, b = (Tensor)pair[1]!;
        Assert.True(a.SharesStorageWith(b));
        a[1] = 9;
        Assert.Equal([9f, 4], b.ToArray<float>());
    }

    [Fact]
    public void PartsOutsideAreRefused()
    {
        Assert.Contains("beyond its storage 'k' of 4", Refusal(Vector(0, Part(3, 2))));
        Assert.Contains("beyond its storage of 2", Refusal(Vector(1, Part(1, 2))));
        Assert.Contains("not negative", Refusal(Vector(0, $"({Text("p")}J\xff\xff\xff\xffK\x02t")));
        Assert.Contains("beyond its storage 'k'", Refusal(Vector(0, $"({Text("p")}\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7fK\x02t")));
        Assert.Contains("described in two ways", Refusal(Vector(0, Part(1, 2)) + Vector(0, Part(2, 2)) + "\x86"));
        Assert.Contains("has to be (key, offset, count)", Refusal(Vector(0, Text("p"))));
    }

    [Fact]
    public void StoragesHaveToBeThereOnceAndWhole()
    {
        string k = Text("k"), vector = Vector(0);
        Assert.Contains("that no tensor uses", Refusal(vector, $"]({k}{Text("z")}e"));
        Assert.Contains("listed twice", Refusal(vector, $"]({k}{k}e", [.. s_data, .. s_data]));
        Assert.Contains("missing", Refusal(vector, "]", []));
        Assert.Contains("are no list", Refusal(vector, k));
        Assert.Contains("5 elements instead of 4", Refusal(vector, data: [5, .. s_data[1..]]));
        Assert.Contains("cut off", Refusal(vector, data: s_data[..^1]));
        Assert.Contains("cut off", Refusal(vector, data: s_data[..5]));
        Assert.Contains("behind the last storage", Refusal(vector, data: [.. s_data, 0]));
        // 4 TB that are not there: nothing is allocated.
        Assert.Contains("instead of 1099511627776", Refusal(Vector(0, count: "\x8a\x06\0\0\0\0\0\x01")));
        Assert.Contains("larger than any memory", Refusal(Vector(0, count: "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f")));
    }

    [Fact]
    public void BeginningsThatAreNone()
    {
        Assert.Contains("does not begin with PyTorch's number", Assert.Throws<CheckpointFormatException>(() => Pt.Load(new MemoryStream(B("\x80\x02K\x01.")))).Reason);
        Assert.Contains("protocol of the file", Assert.Throws<CheckpointFormatException>(() => Pt.Load(new MemoryStream(B(Begin.Replace("M\xe9\x03", "M\xea\x03"))))).Reason);
        for (int length = 0; length < Begin.Length; length++) Assert.Throws<CheckpointFormatException>(() => Pt.Load(new MemoryStream(B(Begin[..length]))));
    }
}
