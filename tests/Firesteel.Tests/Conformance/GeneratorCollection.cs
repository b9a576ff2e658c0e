namespace Firesteel.Tests.Conformance;

/// <summary>Tests that seed the process-wide generator and expect the numbers that follow: nothing may draw beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class GeneratorCollection
{
    public const string Name = "generator";
}
