using Firesteel.Io;

namespace Firesteel.Tests.Io;

/// <summary>What is written here is read by NumPy, and by a reader that follows the specification of safetensors to the letter.</summary>
public sealed class NumpyRoundTripTests : IDisposable
{
    private const string Reader = """
        import hashlib, json, struct, sys, zlib
        import numpy as np
        def show(name, dtype, shape, raw): print(name, dtype, list(shape), hashlib.sha256(raw).hexdigest())
        for path in sys.argv[1:]:
            if path.endswith("safetensors"):
                file = open(path, "rb").read()
                (n,) = struct.unpack("<Q", file[:8])
                def unique(pairs):
                    assert len(dict(pairs)) == len(pairs)
                    return dict(pairs)
                assert file[8:9] == b"{" and n <= 100_000_000 and n % 8 == 0
                header = json.loads(file[8:8 + n].decode("utf-8"), object_pairs_hook=unique)
                metadata, data = header.pop("__metadata__", {}), file[8 + n:]
                assert all(isinstance(v, str) for v in metadata.values())
                sums, bits = json.loads(metadata["firesteel.crc32"]), {"BOOL": 1, "U8": 1, "I8": 1, "I16": 2, "F16": 2, "BF16": 2, "I32": 4, "F32": 4, "I64": 8, "F64": 8}
                at = 0
                for begin, end in sorted(t["data_offsets"] for t in header.values()):
                    assert begin == at and end >= begin
                    at = end
                assert at == len(data)
                for name, t in header.items():
                    begin, end = t["data_offsets"]
                    assert end - begin == bits[t["dtype"]] * int(np.prod(t["shape"], dtype=np.int64)) and (8 + n + begin) % bits[t["dtype"]] == 0
                    assert int(sums[name], 16) == zlib.crc32(data[begin:end])
                    show(name, t["dtype"], t["shape"], data[begin:end])
            else:
                loaded = np.load(path)
                for name, a in ({"array": loaded} if path.endswith("npy") else loaded).items():
                    show(name, a.dtype.name, a.shape, np.ascontiguousarray(a).tobytes())
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PythonFact("numpy")]
    public void OthersReadWhatIsWrittenHere()
    {
        int seed = Environment.TickCount;
        Rng.ManualSeed(seed);
        var tensors = new OrderedDictionary<string, Tensor> { ["scalar"] = Tensor.From(1.5), ["none"] = Tensor.Zeros(2, 0), ["naïve \"name\"\n☃"] = Tensor.Randn(5, 7).T };
        foreach (var dtype in Enum.GetValues<DType>()) tensors[dtype.Name()] = (Tensor.Randn(33, 5) * 20).To(dtype);
        Safetensors.Save(tensors, _folder.File("a.safetensors"), [new("note", "\u0001 é")]);
        Assert.Equal(Lines(tensors, SafetensorsDType.Name), Read("a.safetensors"));

        tensors.Remove("bfloat16");
        Npz.Save(_folder.File("a.npz"), tensors);
        Assert.Equal(Lines(tensors, static d => d.Name()), Read("a.npz"));
        foreach (var (_, tensor) in tensors)
        {
            Npy.Save(_folder.File("a.npy"), tensor);
            Assert.Equal(Lines([new("array", tensor)], static d => d.Name()), Read("a.npy"));
        }
    }

    private string Read(string name) => Python.Run(Reader, _folder.File(name)).TrimEnd();

    private static string Lines(IEnumerable<KeyValuePair<string, Tensor>> tensors, Func<DType, string> dtype) =>
        string.Join('\n', tensors.Select(t => $"{t.Key} {dtype(t.Value.DType)} [{string.Join(", ", t.Value.Shape)}] {ExpectedContent.Sha256(t.Value)}"));
}
