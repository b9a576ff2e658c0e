namespace Firesteel.Data;

public static partial class Datasets
{
    /// <summary>The published place of the files; it has no HTTPS, the content is checked by its hash.</summary>
    internal const string FashionMnistSource = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

    private static readonly string[] s_fashionClasses = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    // The SHA-256 of the uncompressed content of each file.
    private static readonly (string Name, string Sha256)[] s_fashionFiles =
    [
        ("train-images-idx3-ubyte.gz", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        ("train-labels-idx1-ubyte.gz", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        ("t10k-images-idx3-ubyte.gz", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        ("t10k-labels-idx1-ubyte.gz", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ];

    /// <summary>
    /// Zalando's Fashion-MNIST: 60,000 or 10,000 images of 28x28 bytes in ten classes, from the four published files in a folder
    /// (<c>torchvision.datasets.FashionMNIST</c>).
    /// </summary>
    /// <param name="dir">The folder of the files <c>train-images-idx3-ubyte.gz</c> and so on, such as /usr/share/datasets/fashion-mnist.</param>
    /// <param name="train">The 60,000 images for training; else the 10,000 for the test.</param>
    /// <param name="download">Fetch files that are missing. They are checked against a known SHA-256 and appear in the folder only when complete.</param>
    /// <param name="transform">What is done to an image when it is read; <see cref="ToTensor"/> if left out.</param>
    /// <param name="progress">Told how a download goes on.</param>
    /// <exception cref="FileNotFoundException">A file is missing and was not to be downloaded.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder is missing and nothing was to be downloaded.</exception>
    /// <exception cref="InvalidDataException">A file is cut off or damaged, or images and labels do not belong together.</exception>
    /// <exception cref="IOException">A download failed.</exception>
    public static ImageDataset FashionMnist(string dir, bool train = true, bool download = false, Transform? transform = null, IProgress<DownloadProgress>? progress = null) =>
        FashionMnist(dir, train, download ? new Uri(FashionMnistSource) : null, transform, progress);

    internal static ImageDataset FashionMnist(string dir, bool train, Uri? source, Transform? transform, IProgress<DownloadProgress>? progress)
    {
        ArgumentNullException.ThrowIfNull(dir);
        string[] paths = new string[2];
        for (int i = 0; i < 2; i++)
        {
            var (name, sha256) = s_fashionFiles[i + (train ? 0 : 2)];
            paths[i] = Path.Combine(dir, name);
            if (File.Exists(paths[i])) continue;
            if (source is null)
                throw Directory.Exists(dir)
                    ? new FileNotFoundException($"{paths[i]}: this file of Fashion-MNIST is missing. Get it from {FashionMnistSource} or the Debian package dataset-fashion-mnist, or allow the download.", paths[i])
                    : new DirectoryNotFoundException($"{dir}: there is no such folder. Fashion-MNIST is read from a folder with the file {name} and its three companions.");
            Directory.CreateDirectory(dir);
            Download.Fetch(new Uri(source, name), paths[i], sha256, progress);
        }
        var images = Idx.Read(paths[0]);
        var labels = Idx.Read(paths[1]);
        if (images.DType != DType.UInt8 || images.Ndim != 3) throw new InvalidDataException($"{paths[0]}: these are no images, but {images.DType.Name()} of shape {OperationError.Text(images.Shape)}.");
        if (labels.DType != DType.UInt8 || labels.Ndim != 1 || labels.Shape[0] != images.Shape[0])
            throw new InvalidDataException($"{paths[1]}: these are no labels for {images.Shape[0]} images, but {labels.DType.Name()} of shape {OperationError.Text(labels.Shape)}.");
        if (labels.AsSpan<byte>().ContainsAnyExceptInRange((byte)0, (byte)9)) throw new InvalidDataException($"{paths[1]}: there is a label above 9.");
        return new ImageDataset(images, labels.To(DType.Int64), s_fashionClasses, transform ?? new ToTensor());
    }
}
