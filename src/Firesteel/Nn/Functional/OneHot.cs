namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>A new last dimension with a one at the position that each element names and zeros elsewhere; int64 (<c>F.one_hot</c>). With -1 as the number of classes it waits for the device.</summary>
    /// <exception cref="ArgumentException">The classes are not int64, are negative or not below <paramref name="numClasses"/>.</exception>
    public static Tensor OneHot(Tensor tensor, long numClasses = -1)
    {
        if (tensor.DType != DType.Int64) throw OperationError.Argument("one_hot", $"one_hot is only applicable to index tensor of int64, got {tensor.DType.Name()}");
        if (tensor.NumElements == 0)
        {
            if (numClasses <= 0) throw OperationError.Argument("one_hot", "can not infer total number of classes from empty tensor; give numClasses");
            return Tensor.Zeros([.. tensor.Shape, numClasses], DType.Int64, tensor.Device);
        }
        if (numClasses == 0 || numClasses < -1) throw OperationError.Argument("one_hot", $"num_classes should be positive, got {numClasses}");
        if (numClasses == -1)
        {
            long largest = 0;
            foreach (long label in tensor.ToArray<long>()) largest = Math.Max(largest, label);
            numClasses = largest + 1;
        }
        try
        {
            return Tensor.Zeros([.. tensor.Shape, numClasses], DType.Int64, tensor.Device).ScatterInPlace(-1, tensor.Unsqueeze(-1), 1);
        }
        catch (IndexOutOfRangeException e)
        {
            throw new ArgumentException($"one_hot: class values must be non-negative and smaller than num_classes ({numClasses}): {e.Message}", e);
        }
    }
}
