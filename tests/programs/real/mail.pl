# Sorts made-up mails as a spam filter does: headers into hashes, rules as regular expressions, words scored,
# bodies rewritten, a digest printed.
use strict;
use warnings;

my @rules = (
    [qr/\b(?:free|cheap|offer)\b/i, 1.2], [qr/\$\d+(?:\.\d\d)?/, 0.8], [qr/[A-Z]{6,}/, 0.5],
    [qr/\b(\w+)\s+\1\b/, 0.3], [qr/https?:\/\/[\w.]+\/\S*/, 0.7], [qr/(?:!|\?){2,}/, 0.9],
    [qr/\bdear\s+(?:friend|sir|madam)\b/i, 1.5], [qr/^\s*>+/m, -0.4], [qr/\bunsubscribe\b/i, 0.6],
    [qr/[a-z]+\d+[a-z]+/, 0.2], [qr/\b\d{1,3}(?:\.\d{1,3}){3}\b/, 0.4], [qr/(?:--|==|\*\*)+$/m, -0.1],
);

my (%seen, %by_sender, %score, @digest);

sub parse {
    my ($text) = @_;
    my ($head, $body) = split /\n\n/, $text, 2;
    my %field;
    for my $line (split /\n(?!\s)/, $head) {
        my ($name, $value) = $line =~ /^([\w-]+):\s*(.*)$/s or next;
        $value =~ s/\s+/ /g;
        $field{lc $name} = $value;
    }
    return (\%field, $body);
}

sub weigh {
    my ($body) = @_;
    my $sum = 0;
    for my $rule (@rules) {
        my $times = () = $body =~ /$rule->[0]/g;
        $sum += $times * $rule->[1];
    }
    for my $word (map { lc } $body =~ /(\w{3,})/g) {
        $score{$word} += 1 + length($word) / 16;
        $sum += $seen{$word}++ ? 0.001 : 0.01;
    }
    return $sum;
}

sub rewrite {
    my ($body) = @_;
    $body =~ s/&/&amp;/g;
    $body =~ s/</&lt;/g;
    $body =~ s/(\w+)@(\w+)\.example/<a href="mailto:$1">$2<\/a>/g;
    $body =~ s/^(>+)\s*(.*)$/'<i>' x length($1) . ucfirst(lc $2) . '<\/i>' x length($1)/gme;
    $body =~ tr/a-zA-Z/n-za-mN-ZA-M/ if length($body) % 5 == 0;
    return join "\n", map { sprintf "%-72s|", substr($_, 0, 72) } split /\n/, $body;
}

open my $file, '<', $ARGV[0] or die;
my @mails = do { local $/; split /^From [^\n]*\n/m, <$file> };
for my $turn (1 .. 20) {
    for my $mail (@mails) {
        next unless length $mail;
        my ($field, $body) = parse($mail);
        my $weight = weigh($body);
        push @{ $by_sender{ $field->{from} } }, [$weight, $field->{subject}];
        push @digest, length rewrite($body);
    }
    for my $sender (sort keys %by_sender) {
        my @best = sort { $b->[0] <=> $a->[0] || $a->[1] cmp $b->[1] } @{ $by_sender{$sender} };
        splice @best, 5;
        $by_sender{$sender} = \@best;
    }
    delete @seen{ grep { $seen{$_} < 3 } keys %seen };
}
my @top = (sort { $score{$b} <=> $score{$a} || $a cmp $b } keys %score)[0 .. 9];
printf "%d %s\n", scalar @digest, join ' ', @top;
