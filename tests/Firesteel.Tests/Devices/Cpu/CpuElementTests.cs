namespace Firesteel.Tests.Devices.Cpu;

/// <summary>Conversions in vectors against the conversion of one number.</summary>
public unsafe class CpuElementTests
{
    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void SixteenBitsFromFloats(DType dtype)
    {
        // Every 257th of all bit patterns, and what is around the ties of float16 and of bfloat16.
        const int Tile = 4096;
        var values = new float[Tile];
        var bits = new ushort[Tile];
        long pattern = 0;
        var random = new Random(11);
        for (int round = 0; pattern <= uint.MaxValue; round++)
        {
            for (int i = 0; i < Tile; i++, pattern += 257)
            {
                uint value = (uint)Math.Min(pattern, uint.MaxValue);
                if ((i & 7) == 7) value = value & 0xFFFFE000 | 0x1000u + (uint)random.Next(-1, 2);
                if ((i & 7) == 6) value = value & 0xFFFF0000 | 0x8000u + (uint)random.Next(-1, 2);
                values[i] = BitConverter.UInt32BitsToSingle(value);
            }
            fixed (float* from = values)
            fixed (ushort* to = bits) CpuElement.Store(dtype, from, (byte*)to, 1, Tile);
            for (int i = 0; i < Tile; i++)
            {
                ushort expected = dtype == DType.Float16 ? BitConverter.HalfToUInt16Bits((Half)values[i]) : ((BFloat16)values[i]).Bits;
                if (bits[i] != expected) Assert.Fail($"{BitConverter.SingleToUInt32Bits(values[i]):X8} ({values[i]:R}) is {bits[i]:X4}, expected {expected:X4}");
            }
        }
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void FloatsFromAllSixteenBits(DType dtype)
    {
        ushort[] bits = [.. Enumerable.Range(0, 65536).Select(static i => (ushort)i)];
        var values = new float[65536];
        fixed (ushort* from = bits)
        fixed (float* to = values) CpuElement.Load(dtype, (byte*)from, 1, to, 65536);
        for (int i = 0; i < values.Length; i++)
        {
            float expected = dtype == DType.Float16 ? (float)BitConverter.UInt16BitsToHalf(bits[i]) : BFloat16.FromBits(bits[i]);
            Assert.True(float.IsNaN(expected) ? float.IsNaN(values[i]) : BitConverter.SingleToInt32Bits(values[i]) == BitConverter.SingleToInt32Bits(expected), $"{i:X4}");
        }
    }
}
