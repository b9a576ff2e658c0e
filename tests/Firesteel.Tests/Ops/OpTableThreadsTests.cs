namespace Firesteel.Tests.Ops;

/// <summary>One, two and five threads give the same bits, in results and in gradients.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public class OpTableThreadsTests
{
    public const string Name = "number of threads";

    public static TheoryData<string> Large => OpTable.Ids(static op => op.Large is not null);

    [Theory]
    [MemberData(nameof(Large))]
    public void SameBits(string id)
    {
        var op = OpTable.Of(id);
        var sample = op.Large!;
        var dtype = op.Base == DType.Float64 ? DType.Float32 : op.Base;
        var inputs = Draws.Of(op, sample, dtype, requiresGrad: op.Differentiable);
        int before = Threads.Count;
        try
        {
            OpTableCheck.Run(op, sample, () =>
            {
                Tensor[]? results = null;
                foreach (int count in (int[])[1, 2, 5])
                {
                    Threads.Count = count;
                    var outputs = op.Run(inputs);
                    Tensor[] all = [.. outputs.Select(static output => output.Detach()), .. OpTableCheck.Gradients(outputs, inputs).OfType<Tensor>()];
                    if (results is null) results = all;
                    else
                    {
                        Assert.Equal(results.Length, all.Length);
                        for (int i = 0; i < all.Length; i++) Assert.True(Bytes(results[i]).AsSpan().SequenceEqual(Bytes(all[i])), $"result {i} has other bits with {count} threads than with 1");
                    }
                }
            });
        }
        finally
        {
            Threads.Count = before;
        }
    }

    private static byte[] Bytes(Tensor tensor)
    {
        // A copy: a span does not keep alive the tensor that Contiguous makes.
        tensor = tensor.Contiguous();
        byte[] bytes = tensor.DType switch
        {
            DType.Float64 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.AsSpan<double>()).ToArray(),
            DType.Float32 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.AsSpan<float>()).ToArray(),
            DType.Int64 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.AsSpan<long>()).ToArray(),
            DType.Bool => System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.AsSpan<bool>()).ToArray(),
            _ => throw new ArgumentException($"{tensor.DType} is not compared"),
        };
        GC.KeepAlive(tensor);
        return bytes;
    }
}
