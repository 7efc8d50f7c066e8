<?xml version="1.0"?>
<!-- A catalogue as pages of HTML: sorting, counting, choosing, numbering, and text by templates. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" indent="yes"/>
  <xsl:key name="by-maker" match="item" use="@maker"/>
  <xsl:template match="/catalogue">
    <html><body>
      <xsl:for-each select="section">
        <xsl:sort select="@rank" data-type="number" order="descending"/>
        <h1><xsl:number level="any"/>: <xsl:value-of select="title"/></h1>
        <p>items: <xsl:value-of select="count(item)"/>, sum <xsl:value-of select="format-number(sum(item/price), '#,##0.00')"/></p>
        <table><xsl:apply-templates select="item[price &gt; 10]"><xsl:sort select="name"/></xsl:apply-templates></table>
      </xsl:for-each>
    </body></html>
  </xsl:template>
  <xsl:template match="item">
    <tr class="{concat('row', position() mod 2)}">
      <td><xsl:value-of select="translate(name, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"/></td>
      <td><xsl:choose>
        <xsl:when test="price &gt; 500">dear</xsl:when>
        <xsl:when test="contains(text, 'the') and starts-with(@maker, 'm1')">of old</xsl:when>
        <xsl:otherwise><xsl:value-of select="format-number(price, '0.00')"/></xsl:otherwise>
      </xsl:choose></td>
      <td><xsl:value-of select="count(key('by-maker', @maker))"/></td>
      <td><xsl:apply-templates select="text"/></td>
      <td><xsl:value-of select="preceding-sibling::item[1]/name"/></td>
    </tr>
  </xsl:template>
  <xsl:template match="text">
    <xsl:call-template name="words"><xsl:with-param name="rest" select="normalize-space(.)"/></xsl:call-template>
  </xsl:template>
  <xsl:template name="words">
    <xsl:param name="rest"/>
    <xsl:if test="string-length($rest) &gt; 0">
      <xsl:variable name="word" select="substring-before(concat($rest, ' '), ' ')"/>
      <xsl:choose>
        <xsl:when test="string-length($word) &gt; 6"><b><xsl:value-of select="$word"/></b></xsl:when>
        <xsl:otherwise><xsl:value-of select="concat($word, ' ')"/></xsl:otherwise>
      </xsl:choose>
      <xsl:call-template name="words"><xsl:with-param name="rest" select="substring-after($rest, ' ')"/></xsl:call-template>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
