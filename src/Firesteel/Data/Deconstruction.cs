namespace Firesteel.Data;

/// <summary>Takes a row of tensors apart: <c>foreach (var (x, y) in loader)</c>.</summary>
public static class Deconstruction
{
    /// <summary>Two tensors.</summary>
    /// <exception cref="InvalidOperationException">There are not two.</exception>
    public static void Deconstruct(this Tensor[] tensors, out Tensor first, out Tensor second)
    {
        Check(tensors, 2);
        (first, second) = (tensors[0], tensors[1]);
    }

    /// <summary>Three tensors.</summary>
    /// <exception cref="InvalidOperationException">There are not three.</exception>
    public static void Deconstruct(this Tensor[] tensors, out Tensor first, out Tensor second, out Tensor third)
    {
        Check(tensors, 3);
        (first, second, third) = (tensors[0], tensors[1], tensors[2]);
    }

    /// <summary>Four tensors.</summary>
    /// <exception cref="InvalidOperationException">There are not four.</exception>
    public static void Deconstruct(this Tensor[] tensors, out Tensor first, out Tensor second, out Tensor third, out Tensor fourth)
    {
        Check(tensors, 4);
        (first, second, third, fourth) = (tensors[0], tensors[1], tensors[2], tensors[3]);
    }

    private static void Check(Tensor[] tensors, int count)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Length != count) throw new InvalidOperationException($"A row of {tensors.Length} tensors cannot be taken apart into {count}.");
    }
}
