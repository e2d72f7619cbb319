namespace Variants.Harness.Engine;

/// <summary>
/// Who has waited how long for each class of lock under the simulated clock, kept twice: as the sum of all waits, each
/// measured when it ends, and as the times of arrivals and departures. By Little's law both come to the same: the mean number
/// that wait is the rate of arrivals times the mean wait.
/// </summary>
internal sealed class WaitBooks
{
    private readonly Account[] _accounts = new Account[LockDep.MaxClasses];

    /// <summary>What has been waited for a class, by those who wait no more.</summary>
    internal long Waited(int lockClass) => _accounts[lockClass].Waited;

    /// <summary>Somebody begins to wait.</summary>
    internal void Arrived(int lockClass, long at)
    {
        ref Account account = ref _accounts[lockClass];
        account.Arrivals++;
        account.ArrivalTimes += at;
    }

    /// <summary>Somebody has what he waited for, for so long.</summary>
    internal void Left(int lockClass, long at, long waited)
    {
        ref Account account = ref _accounts[lockClass];
        account.Departures++;
        account.DepartureTimes += at;
        account.Waited += waited;
    }

    internal void Clear() => Array.Clear(_accounts);

    /// <summary>
    /// What is wrong with a class, of which so many wait still, who came at times of this sum; null if nothing is. Over any
    /// time T, with n arrivals: (departures - arrivals) / T, the mean number that waited, against n / T times waits / n.
    /// </summary>
    internal string? Wrong(int lockClass, int waiting, long theirArrivalTimes)
    {
        Account account = _accounts[lockClass];
        if (account.Arrivals != account.Departures + waiting)
        {
            return $"{account.Arrivals} came to wait, {account.Departures} went on and {waiting} wait";
        }

        long area = account.DepartureTimes - (account.ArrivalTimes - theirArrivalTimes);
        return area == account.Waited ? null : $"Little's law: {area} ns by those who came and went, and {account.Waited} ns by their waits";
    }

    private struct Account
    {
        internal long Arrivals;
        internal long ArrivalTimes;
        internal long Departures;
        internal long DepartureTimes;
        internal long Waited;
    }
}
