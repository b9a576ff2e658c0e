namespace Firesteel.Optim;

/// <summary>The numbers that one update of one parameter reads, as 0-d tensors over one block of memory.</summary>
internal sealed class StepNumbers
{
    private readonly Tensor _block;
    private readonly View[] _views;

    public StepNumbers(int count)
    {
        _block = Tensor.Zeros([count], DType.Float64);
        _views = [.. Enumerable.Range(0, count).Select(i => _block.Layout.With(Shape.Scalar, [], i))];
    }

    public Span<double> Values => _block.AsSpan<double>();

    public View this[int i] => _views[i];

    public int Count => _views.Length;
}
