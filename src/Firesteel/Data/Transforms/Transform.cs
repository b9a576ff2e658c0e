namespace Firesteel.Data;

/// <summary>What is done to every image of a data set when it is read (<c>torchvision.transforms</c>). Called from several threads at once by workers.</summary>
public abstract class Transform
{
    /// <summary>The transformed tensor.</summary>
    public abstract Tensor Forward(Tensor input);
}
