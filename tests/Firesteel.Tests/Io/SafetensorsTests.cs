using System.Buffers.Binary;
using System.Text;
using Firesteel.Io;
using Firesteel.Nn;

namespace Firesteel.Tests.Io;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A file as the specification describes it: the length of the header, the header, the data.</summary>
    private static byte[] File(string header, params byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), file = new byte[8 + text.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        data.CopyTo(file, 8 + text.Length);
        return file;
    }

    private static SafetensorsFile Open(byte[] file) => Safetensors.Open(ByteSource.Of(file, "x.safetensors"));

    [Fact]
    public void ReadsWhatTheSpecificationDescribes()
    {
        string path = _folder.Write("a.safetensors", File(
            """{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[2,10]},"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]},"é":{"dtype":"I64","shape":[],"data_offsets":[10,18]},"none":{"dtype":"F64","shape":[0,3],"data_offsets":[18,18]}}  """,
            [7, 0, .. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f), .. BitConverter.GetBytes(1L << 40)]));
        var tensors = Safetensors.Load(path);
        Assert.Equal(["b", "a", "é", "none"], tensors.Keys);
        Assert.Equal([1.5f, -2], tensors["b"].ToArray<float>());
        Assert.Equal(new long[] { 2, 1 }, tensors["b"].Shape.ToArray());
        Assert.Equal([true, false], tensors["a"].ToArray<bool>());
        Assert.Equal(1L << 40, tensors["é"].Item<long>());
        Assert.Equal(new long[] { 0, 3 }, tensors["none"].Shape.ToArray());
        Assert.Equal("pt", Safetensors.Open(path).Metadata["format"]);
    }

    [Fact]
    public void EveryDTypeComesBackBitForBit()
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (var dtype in Enum.GetValues<DType>()) tensors[dtype.Name()] = (Tensor.Arange(3000) - 1500).To(dtype).Reshape(30, 100);
        tensors["scalar"] = Tensor.From(2.5);
        tensors["empty"] = Tensor.Zeros(0, 2);
        tensors["transposed"] = Tensor.Arange(6).Reshape(2, 3).T;
        string path = _folder.File("all.safetensors");
        Safetensors.Save(tensors, path, new Dictionary<string, string> { ["by"] = "ü\"" });
        var back = Safetensors.Load(path, verify: true);
        Assert.Equal(tensors.Keys, back.Keys);
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.DType, back[name].DType);
            Assert.Equal(tensor.Shape, back[name].Shape);
            Assert.True(tensor.Equal(back[name]), name);
        }
        Assert.Equal("ü\"", Assert.Single(Safetensors.Open(path).Metadata).Value);

        byte[] first = System.IO.File.ReadAllBytes(path);
        Safetensors.Save(back, path, new Dictionary<string, string> { ["by"] = "ü\"" }); // over the file that is mapped
        Assert.Equal(first, System.IO.File.ReadAllBytes(path));
        Assert.True(tensors["float64"].Equal(back["float64"]));
    }

    [Fact]
    public void WritingToATensorDoesNotChangeTheFile()
    {
        string path = _folder.File("a.safetensors");
        Safetensors.Save([new("small", Tensor.Ones(3)), new("large", Tensor.Ones(100_000))], path);
        byte[] before = System.IO.File.ReadAllBytes(path);
        var tensors = Safetensors.Load(path);
        foreach (var tensor in tensors.Values) tensor.MulInPlace(3);
        tensors["large"].AsSpan<float>()[5] = 7;
        Assert.Equal(300_004, tensors["large"].Sum().Item());
        Assert.Equal(before, System.IO.File.ReadAllBytes(path));
        Assert.Equal(100_000, Safetensors.Load(path)["large"].Sum().Item());
    }

    [Fact]
    public void LoadingReadsNothingButTheHeader()
    {
        string path = _folder.File("a.safetensors");
        using (var file = System.IO.File.Create(path))
        {
            const long Size = 1L << 40; // a file with a hole of 1 TB in it
            file.Write(File($$"""{"a":{"dtype":"F32","shape":[{{Size / 4}}],"data_offsets":[0,{{Size}}] } }"""));
            try
            {
                file.SetLength(file.Length + Size);
            }
            catch (IOException)
            {
                return; // not on this file system
            }
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        var tensor = Safetensors.Load(path)["a"];
        Assert.Equal(1L << 38, tensor.NumElements);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void UnalignedElementsAreRead()
    {
        string header = """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F64","shape":[1000],"data_offsets":[1,8001]}}""";
        byte[] numbers = [.. Enumerable.Range(0, 1000).SelectMany(static i => BitConverter.GetBytes(i * 0.5))];
        byte[] content = File(header, [9, .. numbers]);
        foreach (var tensors in new[] { Safetensors.Load(_folder.Write("a", content)), null })
        {
            var tensor = tensors?["b"] ?? Open(content).GetTensor("b");
            Assert.Equal(249_750, tensor.Sum().Item());
            tensor.AddInPlace(1);
            Assert.Equal(250_750, tensor.Sum().Item());
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", 2, "F8_E4M3")]
    [InlineData("""{"a":{"dtype":"U16","shape":[1],"data_offsets":[0,2]}}""", 2, "U16")]
    [InlineData("""{"a":{"dtype":"F4","shape":[4],"data_offsets":[0,2]}}""", 2, "F4")]
    [InlineData("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", 8, "C64")]
    public void TypesThatTensorsLackAreListedAndRefusedByName(string header, int bytes, string format)
    {
        var file = Open(File(header, new byte[bytes]));
        Assert.Null(file["a"].DType);
        Assert.Equal(format, file["a"].Format);
        Assert.Equal($"tensor 'a' has elements of type {format}, which is not supported", Assert.Throws<CheckpointFormatException>(() => file.GetTensor("a")).Reason);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "'a' twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "'a' twice")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"I8","shape":[2],"data_offsets":[0,2]}}""", "dtype twice")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "surrogate")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"more":[1,{"\udc00":0}]}}""", "surrogate")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}x""", "malformed")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}}""", "non-negative integers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,2]}}""", "non-negative integers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}""", "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2305843009213693952],"data_offsets":[0,2]}}""", "too large")]
    [InlineData("""{"a":{"dtype":"F6_E2M3","shape":[3],"data_offsets":[0,2]}}""", "has 2 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", "of 2 bytes of data")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}}""", "of 2 bytes of data")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1,2]}}""", "3 numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2]}}""", "no data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", "1 bytes at the end belong to no tensor")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "does not follow")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "overlaps")]
    [InlineData("""{"a":{"dtype":"Q9","shape":[2],"data_offsets":[0,2]}}""", "does not know")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "metadata has 'a' twice")]
    [InlineData("""{"__metadata__":{"a":1},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "not a string")]
    public void MalformedHeadersAreRefusedWithTheirPlace(string header, string reason)
    {
        byte[] file = File(header, 1, 2);
        var error = Assert.Throws<CheckpointFormatException>(() => Open(file));
        Assert.Contains(reason, error.Reason);
        Assert.Equal("x.safetensors", error.File);
        Assert.InRange(error.Offset, 8, file.Length);
    }

    [Fact]
    public void AHugeShapeWithoutElementsIsHarmless()
    {
        // The reference multiplies from left to right, so that a zero in front hides what would overflow behind it.
        var tensor = Open(File("""{"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""")).GetTensor("a");
        Assert.Equal(0, tensor.NumElements);
        Assert.Equal(0, tensor.Clone().Sum().Item());
        Assert.Empty(tensor.T.Contiguous().ToArray<float>());
        Assert.Contains("4294967296", tensor.ToString());
    }

    [Fact]
    public void HostileLengthsAndNestingAreRefused()
    {
        Assert.Contains("header would take", Refused([255, 255, 255, 255, 255, 255, 255, 255, (byte)'{', (byte)'}']));
        Assert.Contains("cut off", Refused([60, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Contains("depth", Refused(File("{\"a\":{\"b\":" + new string('[', 200_000))));
        Assert.Contains("UTF-8", Refused([2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', 255]));
        Assert.Contains("looks like a zip archive", Refused([.. "PK\u0003\u0004"u8, .. new byte[30]]));
        Assert.Contains("looks like an HTML", Refused(Encoding.ASCII.GetBytes("<!DOCTYPE html><html>not found</html>")));
        Assert.Contains("looks like a Git LFS pointer", Refused(Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:0")));

        static string Refused(byte[] file) => Assert.Throws<CheckpointFormatException>(() => Open(file)).Reason;
    }

    [Fact]
    public void EveryFlippedBitIsFoundAndItsTensorNamed()
    {
        string path = _folder.File("a.safetensors");
        Safetensors.Save(new Sequential(new Linear(3, 4), new Linear(4, 2)).StateDict(), path);
        byte[] content = System.IO.File.ReadAllBytes(path);
        int data = 8 + BinaryPrimitives.ReadInt32LittleEndian(content);
        foreach (var (offset, name) in new[] { (data, "0.weight"), (data + 47, "0.weight"), (data + 48, "0.bias"), (content.Length - 1, "1.bias") })
        {
            byte[] flipped = [.. content];
            flipped[offset] ^= 4;
            var error = Assert.Throws<CheckpointFormatException>(() => Safetensors.Load(_folder.Write("b", flipped), verify: true));
            Assert.Contains($"tensor '{name}' is damaged", error.Reason);
            Safetensors.Load(_folder.File("b"));
        }
        Assert.Contains("belong to no tensor", Assert.Throws<CheckpointFormatException>(() => Safetensors.Load(_folder.Write("b", [.. content, 0]))).Reason);
        Assert.Contains("tensor '1.bias' lies at", Assert.Throws<CheckpointFormatException>(() => Safetensors.Load(_folder.Write("b", content[..^1]))).Reason);
        byte[] without = File("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 1, 2);
        Assert.Contains("has no checksum", Assert.Throws<CheckpointFormatException>(() => Safetensors.Load(_folder.Write("b", without), verify: true)).Reason);
    }

    [Fact]
    public void ShardedModelsAreReadByTheirIndex()
    {
        Safetensors.Save([new("a", Tensor.Ones(2)), new("c", Tensor.Zeros(1))], _folder.File("m-00001-of-00002.safetensors"), [new("format", "pt")]);
        Safetensors.Save([new("b", Tensor.Full([2], 3))], _folder.File("m-00002-of-00002.safetensors"));
        string path = Index("""{"metadata":{"total_size":20},"weight_map":{"b":"m-00002-of-00002.safetensors","a":"m-00001-of-00002.safetensors","c":"m-00001-of-00002.safetensors"}}""");
        var tensors = Safetensors.Load(path, verify: true);
        Assert.Equal(["b", "a", "c"], tensors.Keys);
        Assert.Equal([3L, 3], tensors["b"].ToArray<long>());
        Assert.Equal("pt", Safetensors.Open(path).Metadata["format"]);

        Assert.Contains("no plain file name", Refused("""{"weight_map":{"a":"../m.safetensors"}}"""));
        Assert.Contains("no such file", Refused("""{"weight_map":{"a":"other.safetensors"}}"""));
        Assert.Contains("does not have it", Refused("""{"weight_map":{"z":"m-00001-of-00002.safetensors"}}"""));
        Assert.Contains("'a' twice", Refused("""{"weight_map":{"a":"m-00001-of-00002.safetensors","a":"m-00002-of-00002.safetensors"}}"""));
        Assert.Contains("no 'weight_map'", Refused("""{"metadata":{}}"""));

        string Index(string json) => _folder.Write("model.safetensors.index.json", Encoding.UTF8.GetBytes(json));
        string Refused(string json) => Assert.Throws<CheckpointFormatException>(() => Safetensors.Load(Index(json))).Reason;
    }

    [Fact]
    public void SaveRefusesWhatTheFormatCannotHold()
    {
        string path = _folder.File("a");
        Assert.Throws<ArgumentException>(() => Safetensors.Save([new("__metadata__", Tensor.Ones(1))], path));
        Assert.Throws<ArgumentException>(() => Safetensors.Save([new("a", Tensor.Ones(1)), new("a", Tensor.Ones(1))], path));
        Assert.ThrowsAny<ArgumentException>(() => Safetensors.Save([new("\ud800", Tensor.Ones(1))], path));
        Assert.False(System.IO.File.Exists(path));
        Safetensors.Save([], path);
        Assert.Empty(Safetensors.Load(path));
    }

    [Fact]
    public void OpenTellsWhichTensorWasMeant()
    {
        var file = Open(File("""{"layers.0.weight":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 1, 2));
        Assert.Contains("did you mean \"layers.0.weight\"", Assert.Throws<KeyNotFoundException>(() => file.GetTensor("layer.0.weight")).Message);
        Assert.Equal(["layers.0.weight"], file.Keys);
        Assert.True(file.ContainsKey("layers.0.weight"));
        Assert.Equal("layers.0.weight: U8 [2]", file.Entries[0].ToString());
    }
}
