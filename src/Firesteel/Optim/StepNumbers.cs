namespace Firesteel.Optim;

/// <summary>The numbers that an update reads, as 0-d tensors over one block of memory.</summary>
internal sealed class StepNumbers
{
    private readonly double[] _values;
    private readonly View[] _views;

    public StepNumbers(int count)
    {
        _values = new double[count];
        var block = Storage.Over(Device.Cpu, _values, sizeof(double) * count);
        _views = [.. Enumerable.Range(0, count).Select(i => new View(block, i, Shape.Scalar, DType.Float64))];
    }

    public Span<double> Values => _values;

    public View this[int i] => _views[i];

    public int Count => _views.Length;
}
