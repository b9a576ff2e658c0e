namespace Firesteel.Tests.Ops;

/// <summary>Every line in every dtype that it declares: the dtypes of the results, and their values against the same computation in float64.</summary>
public class OpTableDTypeTests
{
    public static TheoryData<string, DType> All
    {
        get
        {
            var rows = new TheoryData<string, DType>();
            foreach (var op in OpTable.All.Where(static op => op.AliasOf is null))
                foreach (var dtype in op.DTypes) rows.Add(op.Id, dtype);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ResultsHaveTheDTypeAndTheValues(string id, DType dtype)
    {
        var op = OpTable.Of(id);
        OpTableCheck.Run(op, op.Main, () =>
        {
            var inputs = Draws.Of(op, op.Main, dtype);
            var precise = inputs.Select((input, i) => op.Main.Inputs[i].Fixed is null ? input.To(op.Base) : input).ToArray();
            var actual = op.Run(inputs);
            var expected = op.Run(precise);
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                var type = op.DTypeOf(i, dtype);
                Assert.True(type == actual[i].DType, $"{dtype.Name()} gives {actual[i].DType.Name()}, expected {type.Name()}");
                Assert.Equal(expected[i].Shape, actual[i].Shape);
                // A bool holds the truth of a number, so the reference is brought to it.
                var reference = type == DType.Bool ? expected[i].To(type) : expected[i];
                OpTableCheck.ValuesClose($"result {i} in {dtype.Name()}", reference.ToArray<double>(), actual[i].ToArray<double>(), Tolerance(type) * op.Amplifies);
            }
        });
    }

    /// <summary>A few roundings in that dtype.</summary>
    private static double Tolerance(DType dtype) => dtype switch
    {
        DType.Float32 => 2e-6,
        DType.Float16 => 4e-3,
        DType.BFloat16 => 3e-2,
        _ => 1e-12,
    };
}
