# Compares mails with altered copies of themselves, as a checker of results does: the lines that differ are found, numbers in
# them may be off by a little, and what remains is reported.
use strict;
use warnings;
use Algorithm::Diff qw(sdiff);

my $state = 1;

# A number below the limit, the same in every run.
sub drawn {
    my ($limit) = @_;
    $state = ($state * 1103515245 + 12345) % 2147483648;
    return int($state / 65536) % $limit;
}

sub altered {
    my @lines = @_;
    for (1 .. 1 + @lines / 10) {
        my $at = drawn(scalar @lines);
        my $kind = drawn(4);
        if ($kind == 0) { splice @lines, $at, 1 if @lines > 1 }
        elsif ($kind == 1) { splice @lines, $at, 0, $lines[drawn(scalar @lines)] }
        elsif ($kind == 2) { $lines[$at] =~ s/(\d+)/$1 + drawn(3)/e }
        else { $lines[$at] = join ' ', reverse split / /, $lines[$at] }
    }
    return @lines;
}

sub same_words {
    my ($first, $second) = @_;
    my @first = split ' ', $first;
    my @second = split ' ', $second;
    return 0 if @first != @second;
    for my $i (0 .. $#first) {
        next if $first[$i] eq $second[$i];
        return 0 unless $first[$i] =~ /^-?\d+(?:\.\d+)?$/ && $second[$i] =~ /^-?\d+(?:\.\d+)?$/;
        return 0 if abs($first[$i] - $second[$i]) > 0.01 * abs($first[$i]);
    }
    return 1;
}

open my $file, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
my @mails = do { local $/; split /^From [^\n]*\n/m, <$file> };
for my $turn (1 .. 20) {
    my ($same, %kinds) = (0);
    for my $mail (@mails) {
        my @lines = split /\n/, $mail;
        next unless @lines;
        my @report;
        my @other = altered(@lines);
        for my $pair (sdiff(\@lines, \@other)) {
            my ($kind, $first, $second) = @$pair;
            ++$kinds{$kind};
            next if $kind eq 'u' || $kind eq 'c' && same_words($first, $second);
            push @report, sprintf '%04d:%s| %-40.40s | %-40.40s', scalar @report, $kind, $first, $second;
        }
        @report ? print join("\n", @report, '') : ++$same;
    }
    print "$turn: $same the same; ", join(', ', map { "$_ $kinds{$_}" } sort keys %kinds), "\n";
}
