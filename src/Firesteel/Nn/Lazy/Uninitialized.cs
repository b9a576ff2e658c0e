namespace Firesteel.Nn;

/// <summary>Tensors that have a dtype and a device but no shape yet. Everything that asks for the shape throws; see <see cref="Geometry.Uninitialized"/>.</summary>
internal static class Uninitialized
{
    public static View View(DType dtype, Device device) => new(new Storage(device, []), 0, Geometry.Uninitialized(dtype));

    /// <summary>Gives a tensor its shape, and memory that nothing has written to.</summary>
    /// <exception cref="InvalidOperationException">It has a shape already, or a step is being captured.</exception>
    public static void Materialize(Tensor tensor, ReadOnlySpan<long> shape, Device? device = null, DType? dtype = null)
    {
        if (!tensor.IsUninitialized) throw new InvalidOperationException($"materialize: the tensor is initialized already, its shape is {OperationError.Text(tensor.Shape)}.");
        if (Recorder.Current is not null)
            throw new InvalidOperationException("A step that is being captured cannot initialize lazy layers: every replay would draw their first values again. Run one batch through the model before.");
        tensor.Data = Tensor.Empty(shape, dtype ?? tensor.DType, device ?? tensor.Device);
    }
}
