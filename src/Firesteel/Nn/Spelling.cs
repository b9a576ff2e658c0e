namespace Firesteel.Nn;

/// <summary>Finds the name that was meant.</summary>
internal static class Spelling
{
    /// <summary>" (did you mean ...?)" with the nearest of some names, empty if none is near.</summary>
    public static string Suggestion(string name, IEnumerable<string> names)
    {
        string? best = null;
        int least = Math.Max(2, name.Length / 3) + 1;
        foreach (string other in names)
        {
            int distance = EditDistance(name, other);
            if (distance < least) (best, least) = (other, distance);
            else if (best is null && (name.EndsWith("." + other, StringComparison.Ordinal) || other.EndsWith("." + name, StringComparison.Ordinal))) best = other;
        }
        return best is null ? "" : $" (did you mean \"{best}\"?)";
    }

    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? diagonal : diagonal + 1;
                diagonal = row[j];
                row[j] = Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
