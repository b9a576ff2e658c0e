namespace Firesteel.Data;

/// <summary>Images with labels; a sample is the transformed image and its label, a 0-d int64 tensor.</summary>
public sealed class ImageDataset : Dataset
{
    /// <summary>A data set over these tensors.</summary>
    /// <param name="images">The images, [N, ...].</param>
    /// <param name="labels">The classes, int64 [N].</param>
    /// <param name="classes">The name of every class.</param>
    /// <param name="transform">What is done to an image when it is read, null for nothing.</param>
    /// <exception cref="ArgumentException">Unlike numbers of images and labels.</exception>
    public ImageDataset(Tensor images, Tensor labels, IReadOnlyList<string> classes, Transform? transform = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classes);
        if (images.Ndim < 1 || labels.Ndim != 1 || images.Shape[0] != labels.Shape[0])
            throw new ArgumentException($"ImageDataset: images {OperationError.Text(images.Shape)} and labels {OperationError.Text(labels.Shape)} do not belong together.");
        (Images, Labels, Classes, Transform) = (images, labels, classes, transform);
    }

    /// <summary>The images as they were stored (<c>data</c> of torchvision's data sets).</summary>
    public Tensor Images { get; }

    /// <summary>The classes (<c>targets</c> of torchvision's data sets).</summary>
    public Tensor Labels { get; }

    /// <summary>The name of every class.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What is done to an image when it is read.</summary>
    public Transform? Transform { get; }

    /// <inheritdoc/>
    public override int Count => (int)Images.Shape[0];

    /// <summary>The transformed image and the label at a position.</summary>
    /// <exception cref="IndexOutOfRangeException">No such position.</exception>
    public override Tensor[] this[int index]
    {
        get
        {
            CheckIndex(index);
            var image = Images.Select(0, index);
            return [Transform is null ? image : Transform.Forward(image), Labels.Select(0, index)];
        }
    }
}
