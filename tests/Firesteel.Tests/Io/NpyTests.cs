using System.Text;
using Firesteel.Io;

namespace Firesteel.Tests.Io;

public sealed class NpyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] File(string header, byte[] data, byte version = 1)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }

    private static Tensor Load(string header, byte[] data, byte version = 1) => Npy.Load(ByteSource.Of(File(header, data, version), "x.npy"));

    private static byte[] Bytes(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    [Fact]
    public void ReadsAllVersionsOrdersAndLiterals()
    {
        byte[] data = Bytes(1, 2, 3, 4, 5, 6);
        foreach (byte version in new byte[] { 1, 2, 3 })
            Assert.Equal([1f, 2, 3, 4, 5, 6], Load("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n", data, version).ToArray<float>());
        var columns = Load("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n", data);
        Assert.Equal(new long[] { 2, 3 }, columns.Shape.ToArray());
        Assert.Equal([1f, 3, 5, 2, 4, 6], columns.ToArray<float>());
        Assert.Equal([1L, 2], columns.Stride());
        byte[] reversed = [.. data];
        for (int i = 0; i < data.Length; i += 4) Array.Reverse(reversed, i, 4);
        Assert.Equal([1f, 3, 5, 2, 4, 6], Load("{'shape':(2L,3),\"descr\":\">f4\",'fortran_order':True}", reversed).ToArray<float>());
        Assert.Equal(1f, Load("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", data[..4]).Item());
        Assert.Equal(new long[] { 0, 5 }, Load("{'descr': '<f4', 'fortran_order': True, 'shape': (0, 5)}", []).Shape.ToArray());
        Assert.Equal(new long[] { 6 }, Load("{'descr': '<f4', 'fortran_order': True, 'shape': (6,)}", data).Shape.ToArray());
        // Complex numbers are what torch.view_as_real makes of them.
        Assert.Equal([1f, 2, 5, 6, 3, 4, 7, 8], Load("{'descr': '<c8', 'fortran_order': True, 'shape': (2, 2)}", Bytes(1, 2, 3, 4, 5, 6, 7, 8)).ToArray<float>());
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "never loaded")]
    [InlineData("{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}", "text")]
    [InlineData("{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}", "floating-point numbers of 16 bytes")]
    [InlineData("{'descr': '<u4', 'fortran_order': False, 'shape': (1,)}", "unsigned integers of 4 bytes")]
    [InlineData("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,)}", "<M8[ns]")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "structured")]
    [InlineData("{'descr': '|f4', 'fortran_order': False, 'shape': (1,)}", "order of bytes")]
    [InlineData("{'descr': '', 'fortran_order': False, 'shape': (1,)}", "not supported")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "neither True nor False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "non-negative")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "64-bit")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", "no tuple")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}", "no tuple")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': 1}", "no tuple")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", "too large")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4, 0)}", "too large")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (4611686018427387904, 4, 0)}", "too large")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "cut off")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': ()}x", "follows the dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "no 'shape'")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "'descr' twice")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", "'more'")]
    [InlineData("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}", "text and values")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", "4 bytes follow the array")]
    public void MalformedAndUnsupportedHeadersAreRefused(string header, string reason)
    {
        byte[] file = File(header, [0, 0, 0, 0]);
        var error = Assert.Throws<CheckpointFormatException>(() => Npy.Load(ByteSource.Of(file, "x.npy")));
        Assert.Contains(reason, error.Reason);
        Assert.InRange(error.Offset, 0, file.Length);
    }

    [Fact]
    public void EveryCutIsRefused()
    {
        byte[] file = File("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\n", Bytes(1, 2));
        for (int length = 0; length < file.Length; length++) Assert.Throws<CheckpointFormatException>(() => Npy.Load(ByteSource.Of(file[..length], "x.npy")));
        Assert.Contains("version 4.0", Assert.Throws<CheckpointFormatException>(() => Load("{}", [], 4)).Reason);
        Assert.Contains("10000 are allowed", Assert.Throws<CheckpointFormatException>(() => Load(new string(' ', 10_001), [])).Reason);
        Assert.Contains("looks like a zip", Assert.Throws<CheckpointFormatException>(() => Npy.Load(ByteSource.Of([.. "PK\u0003\u0004"u8, 0, 0, 0, 0], "x.npy"))).Reason);
    }

    [Fact]
    public void SavedArraysComeBack()
    {
        foreach (var dtype in Enum.GetValues<DType>().Where(static d => d != DType.BFloat16))
            foreach (long[] shape in new long[][] { [], [1], [0, 3], [7], [40, 50] })
            {
                var tensor = (Tensor.Arange(new Shape(shape).NumElements) - 3).To(dtype).Reshape(shape);
                string path = _folder.File("a.npy");
                Npy.Save(path, tensor);
                var back = Npy.Load(path);
                Assert.Equal(dtype, back.DType);
                Assert.Equal(shape, back.Shape.ToArray());
                Assert.True(tensor.Equal(back));
                Assert.Equal(128, new FileInfo(path).Length - tensor.NumElements * dtype.ItemSize()); // as NumPy pads it
            }
        Npy.Save(_folder.File("t.npy"), Tensor.Arange(6).Reshape(2, 3).T);
        Assert.Equal([0L, 3, 1, 4, 2, 5], Npy.Load(_folder.File("t.npy")).ToArray<long>());
        Assert.Contains("bfloat16", Assert.Throws<ArgumentException>(() => Npy.Save(_folder.File("b.npy"), Tensor.Ones([2], DType.BFloat16))).Message);
        Assert.False(System.IO.File.Exists(_folder.File("b.npy")));
    }

    [Fact]
    public void ArchivesComeBackAndDamageIsFound()
    {
        string path = _folder.File("a.npz");
        var tensors = new OrderedDictionary<string, Tensor> { ["b"] = Tensor.Rand(100, 20), ["a/é"] = Tensor.Arange(3), ["s"] = Tensor.From(true) };
        Npz.Save(path, tensors);
        byte[] first = System.IO.File.ReadAllBytes(path);
        var back = Npz.Load(path);
        Assert.Equal(tensors.Keys, back.Keys);
        foreach (var (name, tensor) in tensors) Assert.True(tensor.Equal(back[name]));
        Npz.Save(path, back);
        Assert.Equal(first, System.IO.File.ReadAllBytes(path));

        byte[] flipped = [.. first];
        flipped[400] ^= 1;
        Assert.Contains("'b.npy' is damaged", Assert.Throws<CheckpointFormatException>(() => Npz.Load(_folder.Write("c.npz", flipped))).Reason);
        Assert.Contains("looks like a NumPy array", Assert.Throws<CheckpointFormatException>(() => Npz.Load(ByteSource.Of(File("{}", []), "x"))).Reason);
        Assert.Throws<ArgumentException>(() => Npz.Save(_folder.File("d.npz"), [new("a", Tensor.Ones([2], DType.BFloat16))]));
    }

    [Fact]
    public void TensorFileSeesTheKindFromTheContent()
    {
        Npy.Save(_folder.File("a.pt"), Tensor.Ones(2));
        Npz.Save(_folder.File("b.pt"), [new("x", Tensor.Ones(2))]);
        Safetensors.Save([new("y", Tensor.Ones(2))], _folder.File("c.npy"));
        Assert.Equal(2, ((Tensor)TensorFile.Load(_folder.File("a.pt"))!).Sum().Item());
        Assert.Equal(["x"], ((OrderedDictionary<string, Tensor>)TensorFile.Load(_folder.File("b.pt"))!).Keys);
        Assert.Equal(["y"], ((OrderedDictionary<string, Tensor>)TensorFile.Load(_folder.File("c.npy"))!).Keys);
        _folder.Write("m.index.json", Encoding.ASCII.GetBytes("""{"weight_map":{"y":"c.npy"}}"""));
        Assert.Equal(["y"], ((OrderedDictionary<string, Tensor>)TensorFile.Load(_folder.File("m.index.json"))!).Keys);
        Assert.Contains("gzip", Assert.Throws<CheckpointFormatException>(() => TensorFile.Load(_folder.Write("d", TemporaryFolder.Gzip([1, 2, 3])))).Reason);
        Assert.Contains("empty", Assert.Throws<CheckpointFormatException>(() => TensorFile.Load(_folder.Write("d", []))).Reason);
        Assert.Contains("no kind that is known", Assert.Throws<CheckpointFormatException>(() => TensorFile.Load(_folder.Write("d", [1, 2, 3]))).Reason);
    }
}
