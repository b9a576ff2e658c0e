namespace Firesteel.Tests;

/// <summary>A test that needs /usr/bin/python3 with some modules, such as <c>[PythonFact("numpy")]</c>; it is skipped, and says so, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute(params string[] modules)
    {
        foreach (string module in modules)
            if (!Python.Has(module)) Skip = $"needs {Python.Executable} with {module}";
    }
}
