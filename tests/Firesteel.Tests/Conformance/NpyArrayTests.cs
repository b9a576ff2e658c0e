using System.Text;
using Firesteel.Conformance;

namespace Firesteel.Tests.Conformance;

public class NpyArrayTests
{
    /// <summary>A .npy file by the letter of NumPy's format description.</summary>
    private static byte[] File(string header, byte[] body, byte version = 1)
    {
        string padded = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n";
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)padded.Length) : BitConverter.GetBytes((uint)padded.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. Encoding.ASCII.GetBytes(padded), .. body];
    }

    private static byte[] Bytes<T>(params T[] values) where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    [Theory]
    [InlineData((byte)1)]
    [InlineData((byte)2)]
    public void ReadsRowMajorFloats(byte version)
    {
        var array = NpyArray.Parse(File("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", Bytes(1f, 2f, 3f, 4f, 5f, 6f), version));
        Assert.Equal("float32", array.DType);
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], (float[])array.Data!);
    }

    [Fact]
    public void TurnsFortranOrderIntoRowMajor()
    {
        // [[1, 2, 3], [4, 5, 6]] stored by columns
        var array = NpyArray.Parse(File("{'descr': '<i8', 'fortran_order': True, 'shape': (2, 3), }", Bytes(1L, 4L, 2L, 5L, 3L, 6L)));
        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L], (long[])array.Data!);
    }

    [Fact]
    public void ReadsEveryElementType()
    {
        Assert.Equal([true, false], (bool[])Read("|b1", [1, 0]));
        Assert.Equal([(byte)7, (byte)255], (byte[])Read("|u1", [7, 255]));
        Assert.Equal([(sbyte)7, (sbyte)-1], (sbyte[])Read("|i1", [7, 255]));
        Assert.Equal([(short)-2, (short)3], (short[])Read("<i2", Bytes((short)-2, (short)3)));
        Assert.Equal([-2, 3], (int[])Read("<i4", Bytes(-2, 3)));
        Assert.Equal([(Half)0.5f, Half.NaN], (Half[])Read("<f2", Bytes((Half)0.5f, Half.NaN)));
        Assert.Equal([0.5, double.NegativeInfinity], (double[])Read("<f8", Bytes(0.5, double.NegativeInfinity)));

        static Array Read(string descr, byte[] body) => NpyArray.Parse(File($"{{'descr': '{descr}', 'fortran_order': False, 'shape': (2,), }}", body)).Data!;
    }

    [Fact]
    public void ReadsScalarsAndEmptyArrays()
    {
        var scalar = NpyArray.Parse(File("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", Bytes(2.5)));
        Assert.Empty(scalar.Shape);
        Assert.Equal([2.5], scalar.ToDoubles());
        Assert.Empty(NpyArray.Parse(File("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }", [])).ToDoubles());
    }

    [Fact]
    public void RecognisesComplexWithoutReadingIt()
    {
        var array = NpyArray.Parse(File("{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", new byte[16]));
        Assert.True(array.IsComplex);
        Assert.Throws<NotSupportedException>(() => array.ToDoubles());
    }

    [Fact]
    public void RefusesWhatIsNoNpy()
    {
        Assert.Throws<InvalidDataException>(() => NpyArray.Parse("not a npy file"u8));
        Assert.Throws<InvalidDataException>(() => NpyArray.Parse(File("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", Bytes(1.0))));
        Assert.Throws<InvalidDataException>(() => NpyArray.Parse(File("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", Bytes(1.0))));
    }
}
